import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  CollectionsPlatform,
  type Answer,
  type LentLoan,
  type OperatorName,
} from './collections-platform.ts';

let platform: CollectionsPlatform;
let loans: LentLoan[];
let ids: string[];

beforeAll(async () => {
  platform = await CollectionsPlatform.start();
  loans = await Promise.all([62_001, 62_002, 62_003, 62_004, 62_005].map((n) => platform.lend(n)));
  // Reminders and robots are behind them, and collectors call.
  const [first] = loans;
  if (first === undefined) throw new Error('no loan');
  // What is due on a Sunday is late from Monday: the day of the calls depends on the day of the run.
  for (let days = 9; (await callsWaiting()) < loans.length; days += 1) {
    if (days > 20) throw new Error('collectors do not call');
    await platform.moveToDayPastDue(first, days);
  }
  ids = await Promise.all(loans.map((loan) => platform.caseIdOf(loan)));
}, 240_000);
afterAll(async () => {
  await platform.stop();
});

const caseId = (index: number): string => ids[index] ?? '';
const loan = (index: number): LentLoan => {
  const found = loans[index];
  if (found === undefined) throw new Error('no such loan');
  return found;
};
const on = (index: number, path = '') => `/ops/cases/${caseId(index)}${path}`;
const post = (operator: OperatorName, path: string, body: unknown, key?: string) =>
  platform.as(operator, 'POST', path, key === undefined ? { body } : { body, key });
const get = (operator: OperatorName, path: string) => platform.as(operator, 'GET', path);
const itemsOf = ({ body }: Answer) => body['items'] as Record<string, unknown>[];

/** Those that are not about to be given up: their day is not over. */
const callsWaiting = async (): Promise<number> => {
  const now = Date.parse(await platform.now());
  const tasks = itemsOf(await get('supervisor', '/ops/tasks?queue=Collection&limit=100'));
  return tasks.filter(
    ({ kind, dueAt }) => kind === 'CallBorrower' && Date.parse(String(dueAt)) > now,
  ).length;
};

const call = { channel: 'Call', scriptId: 'collector-call' };
const collect = (...words: readonly string[]) => platform.zhudai('collect', ...words);

async function reserved(index: number, body: Record<string, unknown> = call): Promise<string> {
  const answer = await post('collector', on(index, '/contacts'), body);
  expect(answer).toMatchObject({ status: 201, body: { status: 'Reserved' } });
  return String(answer.body['contactId']);
}

describe('the list of cases', () => {
  it('has the open ones of a lender, by bucket and by what they wait for, page by page', async () => {
    const list = (query: string) => get('collector', `/ops/cases?lenderId=zhudai-lending${query}`);
    expect(itemsOf(await list(''))).toHaveLength(5);
    expect(itemsOf(await list('&bucket=M1'))).toHaveLength(5);
    expect(itemsOf(await list('&bucket=M3'))).toEqual([]);
    expect(itemsOf(await list('&isResting=true'))).toEqual([]);
    expect(itemsOf(await list('&agencyId=hengxin-services'))).toEqual([]);
    const page = await list('&limit=3');
    expect(itemsOf(page)).toHaveLength(3);
    const rest = await list(`&limit=3&cursor=${String(page.body['nextCursor'])}`);
    expect(itemsOf(rest)).toHaveLength(2);
    expect(JSON.stringify(page.body)).not.toContain('borrowerKey');
  });

  it.each([
    ['no lender', '/ops/cases'],
    ['an unknown bucket', '/ops/cases?lenderId=zhudai-lending&bucket=M9'],
    ['an unknown filter', '/ops/cases?lenderId=zhudai-lending&colour=red'],
    ['a limit beyond the greatest', '/ops/cases?lenderId=zhudai-lending&limit=101'],
    ['a cursor of nothing', '/ops/cases?lenderId=zhudai-lending&cursor=abc'],
  ])('refuses %s', async (_name, path) => {
    expect(await get('collector', path)).toMatchObject({
      status: 400,
      body: { code: 'InvalidInput' },
    });
  });

  it('shows a case with its contacts, and none that is not there', async () => {
    const found = await get('collector', on(0));
    expect(found).toMatchObject({ status: 200, body: { status: 'Open', arm: expect.any(String) } });
    const contacts = found.body['contacts'] as Record<string, unknown>[];
    expect(contacts.length).toBeGreaterThan(0);
    expect(contacts[0]).toMatchObject({ speaker: 'lender', strategy: 'default-ladder#1' });
    expect(JSON.stringify(found.body)).not.toContain(loan(0).mobile);
    expect((await get('collector', `/ops/cases/case_${'0'.repeat(26)}`)).status).toBe(404);
    expect((await get('collector', '/ops/cases/nonsense')).status).toBe(404);
  });
});

describe('the command line', () => {
  it('lists the cases and shows one with its contacts', async () => {
    const list = await platform.zhudai('cases');
    for (const id of ids) expect(list).toContain(id);
    const one = await platform.zhudai('case', caseId(0));
    expect(one).toContain(`${caseId(0)} is Open`);
    expect(one).toContain('strategy default-ladder#1');
    expect(one).toMatch(/Sms +lender +Delivered/);
    const json = JSON.parse(await platform.zhudai('case', caseId(0), '--json')) as object;
    expect(json).toMatchObject({ caseId: caseId(0), status: 'Open' });
    expect(await platform.zhudai('cases', '--lender', 'nobody')).toContain('nothing');
  });
});

describe('who may do what', () => {
  const refusals: readonly (readonly [OperatorName, string, string, unknown])[] = [
    ['administrator', 'GET', '', undefined],
    ['auditor', 'POST', '/contacts', call],
    ['operator-a', 'POST', '/outcomes', { contactId: `contact_${'0'.repeat(26)}`, code: 'Busy' }],
    ['auditor', 'POST', '/requests', { kind: 'Complaint', reason: 'Conduct' }],
    ['collector', 'POST', '/assignment', { agencyId: 'hengxin-services' }],
    ['collector', 'POST', '/recall', { because: 'Conduct' }],
    ['collector', 'POST', '/strategy', { strategyId: 'default-ladder' }],
    [
      'auditor',
      'POST',
      '/contact-hours',
      { kind: 'Only', from: '18:00', to: '20:00', evidence: 'd' },
    ],
  ];
  it.each(refusals)('%s may not %s %s', async (operator, method, path, body) => {
    const answer = await platform.as(operator, method as 'GET' | 'POST', on(0, path), { body });
    expect(answer).toMatchObject({ status: 403, body: { code: 'Forbidden' } });
  });

  it('nobody without a token', async () => {
    expect((await platform.send('GET', on(0))).status).toBe(401);
  });

  it('an approver takes no account of the collectors', async () => {
    expect((await post('operator-b', '/ops/collections/next', {})).status).toBe(403);
  });
});

describe('a collector at work', () => {
  it('takes the next best account, keeps it until it is given back, and gets it again', async () => {
    const taken = await post('collector', '/ops/collections/next', {});
    expect(taken).toMatchObject({
      status: 200,
      body: { kind: 'CallBorrower', assignee: 'collector' },
    });
    const { taskId } = taken.body;
    expect((await post('collector', '/ops/collections/next', {})).body['taskId']).toBe(taskId);
    const other = await post('supervisor', '/ops/collections/next', {});
    expect(other.status).toBe(200);
    expect(other.body['taskId']).not.toBe(taskId);
    expect((await post('supervisor', `/ops/tasks/${String(taskId)}/claim`, {})).status).toBe(409);
    await post('supervisor', `/ops/tasks/${String(other.body['taskId'])}/release`, {});
    const released = await post('collector', `/ops/tasks/${String(taskId)}/release`, {});
    expect(released.status).toBe(200);
    expect(released.body['assignee']).toBeUndefined();
    expect((await post('collector', '/ops/collections/next', { queue: 'FieldVisit' })).status).toBe(
      404,
    );
    expect((await post('collector', '/ops/collections/next', { queue: 'Relief' })).status).toBe(
      400,
    );
  });

  it('takes the next account at the command line, gives it back, and takes it again by its name', async () => {
    const next = await collect('next');
    expect(next).toMatch(/task_\w+ CallBorrower, until 20/);
    expect(next).toContain('outcomes: PromiseToPay');
    const [taskId = ''] = /task_\w+/.exec(next) ?? [];
    expect(await collect('next')).toContain(taskId);
    expect(await collect('release', taskId)).toContain('in the queue again');
    expect(await collect('claim', taskId)).toContain('zhudai collect contact case_');
    await collect('release', taskId);
  });

  it('contacts nobody without a reservation, and not beyond what a visit needs', async () => {
    const asked = (body: unknown) => post('collector', on(0, '/contacts'), body);
    expect((await asked({ ...call, channel: 'Sms' })).status).toBe(400);
    expect((await asked({ ...call, scriptId: 'home-visit' })).status).toBe(400);
    expect((await asked({ ...call, scriptId: 'nothing' })).status).toBe(404);
    expect((await asked({ ...call, extra: 1 })).status).toBe(400);
    const visit = { channel: 'Visit', scriptId: 'home-visit' };
    const refusals = [
      [{ ...visit, staff: ['a'], hasConsent: true }, 'VisitStaff'],
      [{ ...visit, staff: ['a', 'a'], hasConsent: true }, 'VisitStaff'],
      [{ ...visit, staff: ['a', 'b'] }, 'VisitConsent'],
    ] as const;
    for (const [body, rule] of refusals) {
      const answer = await asked(body);
      expect(answer).toMatchObject({ status: 403, body: { code: 'Forbidden' } });
      expect(String(answer.body['detail'])).toContain(rule);
    }
  });

  it('reserves the same contact under the same key, and no other under it', async () => {
    const first = await post('collector', on(3, '/contacts'), call, 'same-contact');
    const again = await post('collector', on(3, '/contacts'), call, 'same-contact');
    expect(again.body['contactId']).toBe(first.body['contactId']);
    const contactId = String(first.body['contactId']);
    const outcome = { contactId, code: 'Busy' };
    expect((await post('collector', on(3, '/outcomes'), outcome)).status).toBe(200);
  });

  it('reports by code, and a promise with what was promised', async () => {
    const contactId = await reserved(0);
    const report = (body: unknown, key?: string) =>
      post('collector', on(0, '/outcomes'), body, key);
    const today = (await platform.now()).slice(0, 10);
    const promise = { amountFen: 10_000, dueOn: addDays(today, 3) };
    for (const wrong of [
      { contactId, code: 'Whatever' },
      { contactId, code: 'PromiseToPay' },
      { contactId, code: 'Busy', promise },
      { contactId, code: 'PromiseToPay', promise: { ...promise, amountFen: 0 } },
      { contactId, code: 'PromiseToPay', promise: { ...promise, amountFen: 99_999_999_00 } },
      { contactId, code: 'PromiseToPay', promise: { ...promise, dueOn: addDays(today, -2) } },
      { contactId, code: 'PromiseToPay', promise: { ...promise, dueOn: addDays(today, 200) } },
      { contactId, code: 'PromiseToPay', promise, note: 'free text' },
    ])
      expect((await report(wrong)).status).toBe(400);
    expect((await report({ contactId: `contact_${'0'.repeat(26)}`, code: 'Busy' })).status).toBe(
      404,
    );
    expect((await post('collector', on(1, '/outcomes'), { contactId, code: 'Busy' })).status).toBe(
      404,
    );
    const said = { contactId, code: 'PromiseToPay', promise };
    const promised = await report(said, 'promise-1');
    expect(promised).toMatchObject({
      status: 200,
      body: { promises: [{ status: 'Open', amountFen: 10_000 }] },
    });
    expect((await report(said, 'promise-1')).headers.get('idempotency-replayed')).toBe('true');
    expect((await report({ contactId, code: 'Busy' }, 'promise-1')).status).toBe(409);
    const contacts = (await platform.caseOf(caseId(0)))['contacts'] as Record<string, unknown>[];
    expect(contacts.find((each) => each['contactId'] === contactId)).toMatchObject({
      outcomeCode: 'PromiseToPay',
      result: 'Effective',
    });
  });

  it('sees a promise kept by what arrives, not by what anybody says', async () => {
    await platform.transfer(loan(0), 10_000, 'promise-kept');
    const kept = await platform.caseWhen(
      caseId(0),
      ({ promises }) => (promises as { status: string }[])[0]?.status === 'Kept',
    );
    expect(kept).toMatchObject({ status: 'Open', receivedFen: 10_000 });
  });

  it('calls no third person about a debtor who is not lost', async () => {
    const find = { channel: 'Call', scriptId: 'find-debtor', purpose: 'FindDebtor' };
    expect((await post('collector', on(1, '/contacts'), find)).status).toBe(400);
    const answer = await post('collector', on(1, '/contacts'), { ...find, mobile: '19912345678' });
    expect(answer.status).toBe(403);
    expect(String(answer.body['detail'])).toContain('DebtorNotLost');
  });

  it('finds a lost debtor through others, who are never asked again once they say so', async () => {
    const contactId = await reserved(1);
    const lost = await post('collector', on(1, '/outcomes'), { contactId, code: 'InvalidNumber' });
    expect(lost.status).toBe(200);
    const find = { channel: 'Call', scriptId: 'find-debtor', mobile: '19912345678' };
    const collect = await post('collector', on(1, '/contacts'), { ...find, purpose: 'Collect' });
    expect(String(collect.body['detail'])).toContain('ThirdPersonPurpose');
    const asked = await reserved(1, { ...find, purpose: 'FindDebtor' });
    const stop = { contactId: asked, code: 'ThirdPersonStop' };
    expect((await post('collector', on(1, '/outcomes'), stop)).status).toBe(200);
    const again = await post('collector', on(1, '/contacts'), { ...find, purpose: 'FindDebtor' });
    expect(again.status).toBe(403);
    expect(String(again.body['detail'])).toContain('ThirdPersonStopped');
    const other = { ...find, mobile: '19912345679', purpose: 'PassMessage' };
    expect((await post('collector', on(1, '/contacts'), other)).status).toBe(201);
    expect(JSON.stringify(await platform.caseOf(caseId(1)))).not.toContain('19912345678');
  });
});

describe('the hours of a debtor', () => {
  it('are agreed within the law, with evidence of it', async () => {
    const evidence = await platform.upload(loan(3));
    const wish = { kind: 'Only', from: '18:00', to: '20:00', evidence };
    const { contacts } = await platform.caseOf(caseId(3));
    const unanswered = (contacts as Record<string, unknown>[]).find(
      ({ channel, result }) => channel === 'Call' && result === 'Unanswered',
    );
    const agree = (body: unknown) => post('collector', on(3, '/contact-hours'), body);
    for (const wrong of [
      { ...wish, from: '06:00' },
      { ...wish, to: '22:30' },
      { ...wish, from: '25:00' },
      { ...wish, kind: 'Also' },
      { ...wish, evidence: '' },
      { ...wish, evidence: 'he said so' },
      { ...wish, evidence: `doc_${'0'.repeat(26)}` },
      { ...wish, evidence: `contact_${'0'.repeat(26)}` },
      { ...wish, evidence: String(unanswered?.['contactId']) },
    ])
      expect((await agree(wrong)).status).toBe(400);
    expect(await agree(wish)).toMatchObject({ status: 200, body: { kind: 'Only', from: '18:00' } });
    expect((await agree(wish)).status).toBe(200);
  });

  it('are kept for every contact, to the minute', async () => {
    const [today = ''] = (await platform.now()).split('T');
    await platform.moveTo(today, '17:59:00');
    const refused = await post('collector', on(3, '/contacts'), call);
    expect(refused.status).toBe(403);
    expect(String(refused.body['detail'])).toContain('QuietHours');
    await platform.moveTo(today, '18:00:01');
    const contactId = await reserved(3);
    const outcome = { contactId, code: 'CallBackLater' };
    expect((await post('collector', on(3, '/outcomes'), outcome)).status).toBe(200);
  });
});

describe('what a debtor asks', () => {
  it('rests a case for a complaint until it is answered, by somebody else', async () => {
    const complaint = { kind: 'Complaint', reason: 'Conduct', complexity: 'Complex' };
    const asked = await post('supervisor', on(2, '/requests'), complaint);
    expect(asked).toMatchObject({
      status: 200,
      body: { pauses: [{ kind: 'Complaint', complexity: 'Complex' }] },
    });
    expect((await post('supervisor', on(2, '/requests'), complaint)).status).toBe(409);
    const resting = await get('collector', '/ops/cases?lenderId=zhudai-lending&isResting=true');
    expect(itemsOf(resting).map((found) => found['caseId'])).toEqual([caseId(2)]);
    const refused = await post('collector', on(2, '/contacts'), call);
    expect(String(refused.body['detail'])).toContain('CasePaused');
    const task = await platform.taskOf('AnswerComplaint', caseId(2));
    expect((await platform.decide('supervisor', task, 'Uphold')).status).toBe(403);
    expect((await platform.decide('operator-b', task, 'Uphold')).status).toBe(200);
    await platform.caseWhen(caseId(2), ({ pauses }) => (pauses as unknown[]).length === 0);
  });

  it('takes a dispute about loans of the case, and about no other', async () => {
    const dispute = { kind: 'Dispute', reason: 'AmountWrong' };
    const foreign = { ...dispute, loanIds: [loan(0).loanId] };
    expect((await post('collector', on(2, '/requests'), foreign)).status).toBe(400);
    const own = await post('collector', on(2, '/requests'), {
      ...dispute,
      loanIds: [loan(2).loanId],
    });
    expect(own).toMatchObject({ status: 200, body: { overdueFen: 0 } });
    const task = await platform.taskOf('AnswerDispute', caseId(2));
    expect((await platform.decide('operator-b', task, 'Uphold')).status).toBe(200);
    await platform.caseWhen(caseId(2), ({ overdueFen }) => Number(overdueFen) > 0);
  });

  it('goes on when the debtor takes back a complaint, as somebody else saw proven', async () => {
    const withdraw = (pauseId: string, evidence: string, who: OperatorName = 'supervisor') =>
      post(who, on(3, `/requests/${pauseId}/withdrawal`), { evidence });
    const { pauses } = (
      await post('collector', on(3, '/requests'), {
        ...{ kind: 'Complaint', reason: 'Conduct' },
      })
    ).body as { pauses: { pauseId: string }[] };
    const pauseId = pauses[0]?.pauseId ?? '';
    const evidence = await platform.upload(loan(3));
    expect((await withdraw(pauseId, evidence, 'collector')).status).toBe(403);
    expect((await withdraw(pauseId, 'he said so')).status).toBe(400);
    expect((await withdraw(pauseId, `doc_${'0'.repeat(26)}`)).status).toBe(400);
    expect((await withdraw('pause-0', evidence)).status).toBe(404);
    expect((await withdraw('nonsense', evidence)).status).toBe(404);
    const task = await platform.taskOf('AnswerComplaint', caseId(3));
    expect(await withdraw(pauseId, evidence)).toMatchObject({ status: 200, body: { pauses: [] } });
    expect((await withdraw(pauseId, evidence)).status).toBe(404);
    const closed = await get('operator-b', `/ops/tasks/${String(task['taskId'])}`);
    expect(closed.body).toMatchObject({ status: 'Closed' });
    const own = (
      await post('supervisor', on(3, '/requests'), {
        ...{ kind: 'Complaint', reason: 'Conduct' },
      })
    ).body as { pauses: { pauseId: string }[] };
    expect((await withdraw(own.pauses[0]?.pauseId ?? '', evidence)).status).toBe(403);
    const second = await platform.taskOf('AnswerComplaint', caseId(3));
    expect((await platform.decide('operator-b', second, 'Uphold')).status).toBe(200);
    await platform.caseWhen(caseId(3), (found) => (found['pauses'] as unknown[]).length === 0);
  });

  it.each([
    ['nothing known', { kind: 'Wish', reason: 'Other' }],
    ['a reason in words', { kind: 'Dispute', reason: 'because' }],
    ['a loan that is none', { kind: 'Dispute', reason: 'Other', loanIds: ['x'] }],
    ['no loans', { kind: 'Dispute', reason: 'Other', loanIds: [] }],
  ])('refuses %s', async (_name, body) => {
    expect((await post('collector', on(2, '/requests'), body)).status).toBe(400);
  });
});

describe('agencies', () => {
  it('are refused when they are unknown, reviewed too long ago, or have no mandate', async () => {
    const assign = (agencyId: string) => post('supervisor', on(2, '/assignment'), { agencyId });
    expect((await assign('nobody')).status).toBe(404);
    const old = await assign('anxin-services');
    expect(old).toMatchObject({ status: 409, body: { code: 'InvalidTransition' } });
    expect(String(old.body['detail'])).toContain('ReviewTooOld');
  });

  it('are edited by two people: the review of the year makes the register true again', async () => {
    const [today = ''] = (await platform.now()).split('T');
    const register = await get(
      'supervisor',
      '/ops/catalog?kind=collection-agency&id=anxin-services',
    );
    const [agency] = itemsOf(register);
    const drafted = await post('supervisor', '/ops/catalog/drafts', {
      kind: 'collection-agency',
      content: { ...agency, version: 2, reviewedOn: today },
    });
    expect(drafted.status).toBe(201);
    const draftId = String(drafted.body['draftId']);
    expect((await post('supervisor', `/ops/catalog/drafts/${draftId}/submission`, {})).status).toBe(
      200,
    );
    const hash = { contentHash: drafted.body['contentHash'], outcome: 'Approve' };
    const path = `/ops/catalog/drafts/${draftId}/approval`;
    expect((await post('supervisor', path, hash)).status).toBe(403);
    expect((await post('administrator', path, hash)).status).toBe(200);
  });

  it('work a case only after the debtor was told, one at a time, until it is taken back', async () => {
    const assign = (agencyId: string, key?: string) =>
      post('supervisor', on(2, '/assignment'), { agencyId }, key);
    // A publication is in force within half a minute.
    const assigned = await platform.until(async () => {
      const answer = await assign('anxin-services', 'assign-1');
      return answer.status === 200 ? answer : undefined;
    }, 'the agency to be on the register as reviewed');
    expect(assigned).toMatchObject({
      status: 200,
      body: { assignment: { agencyId: 'anxin-services', noticedAt: expect.any(String) } },
    });
    expect((await assign('anxin-services', 'assign-1')).headers.get('idempotency-replayed')).toBe(
      'true',
    );
    expect((await assign('hengxin-services')).status).toBe(409);
    const found = await platform.caseOf(caseId(2));
    expect(found['contacts']).toContainEqual(
      expect.objectContaining({ purpose: 'Notice', speaker: 'lender', result: 'Delivered' }),
    );
    const listed = await get(
      'collector',
      '/ops/cases?lenderId=zhudai-lending&agencyId=anxin-services',
    );
    expect(itemsOf(listed)).toHaveLength(1);
    const recalled = await post('supervisor', on(2, '/recall'), { because: 'Performance' });
    expect(recalled.status).toBe(200);
    expect(recalled.body['assignment']).toBeUndefined();
    expect((await post('supervisor', on(2, '/recall'), { because: 'Performance' })).status).toBe(
      409,
    );
    expect((await post('supervisor', on(2, '/recall'), { because: 'Mood' })).status).toBe(400);
  }, 90_000);
});

describe('another strategy', () => {
  it('is taken by a running case on request, and each event says which version decided it', async () => {
    const listed = await get(
      'supervisor',
      '/ops/catalog?kind=collection-strategy&id=default-ladder',
    );
    const [strategy] = itemsOf(listed);
    const drafted = await post('supervisor', '/ops/catalog/drafts', {
      kind: 'collection-strategy',
      content: { ...strategy, version: 2, name: 'The same, once more' },
    });
    expect(drafted.status).toBe(201);
    const draftId = String(drafted.body['draftId']);
    await post('supervisor', `/ops/catalog/drafts/${draftId}/submission`, {});
    const decision = { contentHash: drafted.body['contentHash'], outcome: 'Approve' };
    await post('administrator', `/ops/catalog/drafts/${draftId}/approval`, decision);
    const path = on(0, '/strategy');
    expect((await platform.caseOf(caseId(0)))['strategyVersion']).toBe(1);
    const missing = { strategyId: 'default-ladder', version: 9 };
    expect((await post('supervisor', path, missing)).status).toBe(404);
    const changed = await post('supervisor', path, { strategyId: 'default-ladder', version: 2 });
    expect(changed).toMatchObject({ status: 200, body: { strategyVersion: 2 } });
    expect(
      (await post('supervisor', path, { strategyId: 'default-ladder', version: 2 })).status,
    ).toBe(409);
    const audit = await platform.until(async () => {
      const { body } = await get('auditor', `/ops/audit/${caseId(0)}`);
      const text = JSON.stringify(body);
      return text.includes('CaseStrategyChanged') ? text : undefined;
    }, 'the audit of the change');
    expect(audit).toContain('"fromStrategy":"default-ladder#1"');
    expect(audit).toContain('"strategy":"default-ladder#2"');
  });
});

describe('results', () => {
  it('are told by arm and by agency once cases have ended', async () => {
    await platform.transfer(loan(3), await platform.dueFenOf(loan(3)), 'cure-3');
    await platform.caseWhen(caseId(3), ({ status }) => status === 'Closed');
    const path = (by: string) => `/ops/collections/results?from=2026-01-01&to=2030-12-31&by=${by}`;
    const [group] = await platform.until(async () => {
      const items = itemsOf(await get('supervisor', path('Arm')));
      return items.length > 0 ? items : undefined;
    }, 'the result of the case');
    expect(group).toMatchObject({ strategy: 'default-ladder#1', cases: 1, cured: 1 });
    const [agency] = itemsOf(await get('supervisor', path('Agency')));
    expect(agency).toMatchObject({ agencyId: 'none', cases: 1 });
    expect((await get('supervisor', '/ops/collections/results?from=x&to=y')).status).toBe(400);
    expect((await get('collector', path('Arm'))).status).toBe(403);
  });
});

describe('a collector at the command line', () => {
  it('contacts under a reservation, and reports a promise', async () => {
    const asked = await collect('contact', caseId(4), '--script', 'collector-call', '--json');
    const { contactId } = JSON.parse(asked) as { contactId: string };
    const today = (await platform.now()).slice(0, 10);
    const dueOn = addDays(today, 3);
    const promised = await collect(
      ...['outcome', caseId(4), contactId, '--code', 'PromiseToPay'],
      ...['--promise-fen', '10000', '--promise-on', dueOn],
    );
    expect(promised).toContain(`promise of 10000 fen by ${dueOn}: Open`);
    const visit = ['--script', 'home-visit', '--channel', 'Visit', '--staff', 'a', '--consent'];
    await expect(collect('contact', caseId(4), ...visit)).rejects.toThrow('VisitStaff');
  });

  it('gives a case to an agency and takes it back, and puts it on another version', async () => {
    const given = await collect('assign', caseId(4), 'hengxin-services');
    expect(given).toContain('with hengxin-services');
    const back = await collect('recall', caseId(4), '--because', 'Performance');
    expect(back).not.toContain('with hengxin-services');
    const version = ['--strategy-version', '2'];
    const changed = await collect('strategy', caseId(4), 'default-ladder', ...version);
    expect(changed).toContain('strategy default-ladder#2');
  });

  it('notes the hours and the complaint of a debtor', async () => {
    const { contacts } = await platform.caseOf(caseId(4));
    const spoken = (contacts as Record<string, unknown>[]).find(
      ({ result }) => result === 'Effective',
    );
    const evidence = String(spoken?.['contactId']);
    const hours = ['--from', '09:00', '--to', '21:00', '--evidence', evidence];
    expect(await collect('hours', caseId(4), 'Only', ...hours)).toContain('Only from 09:00');
    const complaint = await collect('request', caseId(4), 'Complaint', '--reason', 'Conduct');
    expect(complaint).toContain('rests: Complaint');
  });

  it('reads how cases ended', async () => {
    const results = await collect('results', '--from', '2026-01-01', '--to', '2030-12-31');
    expect(results).toContain('default-ladder#1');
  });
});

function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}
