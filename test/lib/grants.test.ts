import { describe, expect, it } from 'vitest';
import { statementsOf, synthesised } from './synthesised.ts';

const cloud = synthesised();
const statements = statementsOf(cloud);

/** Actions that AWS itself allows on no resource but `*`. */
const unscopable =
  /^(xray:(Put|Get)|logs:(Create|Get|Update|Delete)LogDelivery$|logs:ListLogDeliveries$|logs:(Put|Describe)ResourcePol|logs:DescribeLogGroups)/;

describe('grants', () => {
  it('name their resources, unless AWS knows none for the action', () => {
    const open = statements.filter(({ resources }) => resources.includes('*'));
    expect(open.flatMap(({ actions }) => actions).filter((each) => !unscopable.test(each))).toEqual(
      [],
    );
  });

  it('name their actions', () => {
    expect(
      statements.flatMap(({ actions }) => actions).filter((each) => each.includes('*')),
    ).toEqual([]);
  });

  it('allow only: nothing is denied to be allowed elsewhere', () => {
    expect(statements.length).toBeGreaterThan(100);
    for (const { effect } of statements) expect(effect).toBe('Allow');
  });

  it('come from the product, never from policies that AWS manages', () => {
    const managed = cloud
      .ofType('AWS::IAM::Role')
      .filter(({ properties }) => 'ManagedPolicyArns' in properties);
    // API Gateway writes its logs under a role of the account, for which AWS prescribes the policy.
    expect(managed.map(({ logicalId }) => logicalId)).toEqual([
      expect.stringContaining('RestApiCloudWatchRole'),
    ]);
  });

  it('are of one function each: no two share a role, nor has one a policy of another', () => {
    const functions = cloud.ofType('AWS::Lambda::Function');
    const roles = functions.map(({ properties }) => JSON.stringify(properties['Role']));
    expect(new Set(roles).size).toBe(functions.length);
    for (const { properties } of cloud.ofType('AWS::IAM::Policy'))
      expect(properties['Roles']).toHaveLength(1);
  });

  it('never scan a table and never delete from the audit', () => {
    const all = statements.flatMap(({ actions }) => actions);
    expect(all).not.toContain('dynamodb:Scan');
    const onAudit = statements.filter(({ resources }) =>
      /ImportValue.*Audit/.test(JSON.stringify(resources)),
    );
    expect(onAudit.length).toBeGreaterThan(0);
    for (const { actions } of onAudit)
      expect(actions).not.toEqual(expect.arrayContaining(['dynamodb:DeleteItem']));
  });

  it.each([
    {
      action: 'kms:Decrypt',
      refused: ['PublishChanges', 'DecideTask', 'ListApplications', 'ActivateLoan', 'WatchTasks'],
    },
    {
      action: 'states:SendTaskSuccess',
      refused: ['NotifyOutcome', 'ScreenApplication', 'SubmitApplication', 'PayOut', 'ListTasks'],
    },
    {
      action: 'states:StopExecution',
      refused: ['DecideTask', 'RedriveExecution', 'GetExecution', 'StartOrigination'],
    },
  ])('keep $action from functions that have no business with it', ({ action, refused }) => {
    const owners = statements
      .filter(({ actions }) => actions.includes(action))
      .map(({ owner }) => owner);
    expect(owners.length).toBeGreaterThan(0);
    for (const name of refused)
      expect(owners.filter((owner) => owner.includes(`${name}Role`))).toEqual([]);
  });

  it('let payouts be written by the money step alone', () => {
    const writers = statements
      .filter(({ actions }) => actions.includes('dynamodb:PutItem'))
      .filter(({ resources }) => JSON.stringify(resources).includes('GetAttPayouts'))
      .map(({ owner }) => owner.replace(/RoleDefaultPolicy.*$/, ''));
    expect(writers.sort()).toEqual([
      'CallbacksPayoutCallback',
      'DisbursementPayOut',
      'DisbursementReserveShares',
      'DisbursementSweepPayouts',
    ]);
  });
});

describe('the templates', () => {
  it('name no partition', () => {
    expect(cloud.text).not.toContain('arn:aws:');
    expect(cloud.text).not.toContain('arn:aws-cn:');
  });
});
