import { DEFAULT_DATA_FOLDER } from './data-folder.ts';
import type { Platform } from './platform.ts';

/** What a program that started the platform reads, one fact a line. */
export function describeReady({
  baseUrl,
  partnerKey,
  operatorToken,
  awsEndpoint,
}: Pick<Platform, 'baseUrl' | 'partnerKey' | 'operatorToken' | 'awsEndpoint'>): string {
  return [
    `Zhudai is ready at ${baseUrl}`,
    `Partner key: ${partnerKey}`,
    `Operator token: ${operatorToken}`,
    `AWS endpoint: ${awsEndpoint}`,
  ].join('\n');
}

/** What to try next, in lines that work when pasted. The command line finds url, key and token in the data folder. */
export function describeNext(
  platform: Platform,
  { dataFolder, isKept }: { readonly dataFolder: string; readonly isKept: boolean },
): string {
  const where = dataFolder === DEFAULT_DATA_FOLDER ? '' : ` --data '${dataFolder}'`;
  const { baseUrl, partnerKey, operatorToken, awsEndpoint, assembly } = platform;
  const machine = assembly
    .ofType('AWS::StepFunctions::StateMachine')
    .find(({ name }) => name.startsWith('originate'));
  const number = Date.now().toString(36).toUpperCase();
  const body = JSON.stringify(exampleApplication(number));
  return `
Apply for a loan as the demo partner:

curl -s -X POST ${baseUrl}/v1/applications -H 'Authorization: Bearer ${partnerKey}' -H 'Content-Type: application/json' -H 'Idempotency-Key: try-${number}' -d '${body}'

See what became of the applications:

curl -s ${baseUrl}/v1/applications -H 'Authorization: Bearer ${partnerKey}'

See the work that waits for people, as an operator:

curl -s '${baseUrl}/ops/tasks?queue=Approval' -H 'Authorization: Bearer ${operatorToken}'

Look at the workflows with the AWS CLI:

AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local AWS_DEFAULT_REGION=us-east-1 aws stepfunctions list-executions --state-machine-arn ${machine?.attribute('Arn') ?? ''} --endpoint-url ${awsEndpoint}

Move the clock a day on, check the books:

npx zhudai advance 1d${where}
npx zhudai audit${where}

Ctrl-C stops everything; ${isKept ? 'start again and it goes on where it was' : 'nothing of it is kept'}.`;
}

/** The body of the design's example. */
export function exampleApplication(externalId: string): Record<string, unknown> {
  return {
    externalId,
    productId: 'consumer-installment',
    requested: {
      amountFen: 3_000_000,
      termMonths: 12,
      repaymentMethod: 'EqualInstallment',
      purpose: 'HomeAppliances',
    },
    applicant: {
      kind: 'Person',
      name: '测试甲',
      idNumber: '990000199001010009',
      mobile: '19900000000',
      monthlyIncomeFen: 1_200_000,
      employment: { status: 'Employed', employer: 'Example Ltd', since: '2020-03' },
      bankAccount: { number: '6200000000000005', bankCode: '999000000014' },
      profile: {
        checkingStatus: 'Above200',
        creditHistory: 'PaidDuly',
        savings: 'Below100',
        employmentYears: 'Below7',
        installmentRate: 4,
        otherDebtors: 'None',
        property: 'RealEstate',
        otherInstallmentPlans: 'None',
        housing: 'Rent',
      },
    },
    consents: [
      {
        purpose: 'CreditQuery',
        textHash: `sha256:${'0'.repeat(64)}`,
        givenAt: '2026-11-23T09:00:00+08:00',
      },
    ],
    attribution: { channel: 'PartnerReferral', campaign: 'autumn-2026' },
  };
}
