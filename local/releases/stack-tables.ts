import { callAws } from '../aws-call.ts';

export interface StackTable {
  /** As the template calls it: `Loans`. */
  readonly name: string;
  readonly tableName: string;
}

/** The tables of a deployed stack, as CloudFormation lists them: tables of earlier deployments are not among them. */
export async function tablesOfStack(
  region: string,
  stackName: string,
): Promise<readonly StackTable[]> {
  const tables: StackTable[] = [];
  for (let token: string | undefined = ''; token !== undefined;) {
    const { text } = await callAws(region, {
      service: 'cloudformation',
      method: 'POST',
      path: '/',
      body: new URLSearchParams({
        Action: 'ListStackResources',
        Version: '2010-05-15',
        StackName: stackName,
        ...(token === '' ? {} : { NextToken: token }),
      }).toString(),
      contentType: 'application/x-www-form-urlencoded; charset=utf-8',
    });
    tables.push(...tablesIn(text));
    token = elementOf(text, 'NextToken');
  }
  if (tables.length === 0) throw new Error(`${stackName} has no table`);
  return tables;
}

function tablesIn(page: string): StackTable[] {
  return [...page.matchAll(/<member>([\s\S]*?)<\/member>/g)].flatMap(([, member = '']) => {
    const id = elementOf(member, 'LogicalResourceId');
    const tableName = elementOf(member, 'PhysicalResourceId');
    const isTable = elementOf(member, 'ResourceType') === 'AWS::DynamoDB::Table';
    if (!isTable || id === undefined || tableName === undefined) return [];
    // The CDK ends a logical id with eight digits of a digest.
    return [{ name: id.replace(/[0-9A-F]{8}$/, ''), tableName }];
  });
}

function elementOf(xml: string, name: string): string | undefined {
  const [, text] = new RegExp(`<${name}>([^<]+)</${name}>`).exec(xml) ?? [];
  return text?.replaceAll('&amp;', '&');
}
