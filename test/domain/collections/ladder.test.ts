import { describe, expect, it } from 'vitest';
import { emptyContactDay } from '#domain/collections/contact.ts';
import {
  beginStep,
  chooseStep,
  completeStep,
  postponeStep,
  WAIT_MAX_DAYS,
} from '#domain/collections/choose-step.ts';
import { contactabilityOf, noteContact, type Debtor } from '#domain/collections/debtor.ts';
import { giveUpStep } from '#domain/collections/give-up-step.ts';
import type { OutcomeCode } from '#domain/collections/outcome-code.ts';
import { reserveContact } from '#domain/collections/reserve-contact.ts';
import {
  armOf,
  CollectionStrategy,
  type StrategyArm,
  StrategyStep,
} from '#domain/collections/strategy.ts';
import { lintScript, CollectionScript, fillScript } from '#domain/collections/script.ts';
import type { CollectionCase } from '#domain/collections/case.ts';
import { changeStrategy } from '#domain/collections/change-strategy.ts';
import { catalogItems } from '#test/support/in-memory-catalog.ts';
import { aCase, aDebt, shippedLimits, shippedStrategy } from '../collections-builders.ts';

const limits = shippedLimits();
const at = '2026-11-26T02:00:00.000Z';
const on = '2026-11-26';

function step(overrides: Partial<StrategyStep> = {}): StrategyStep {
  return StrategyStep.parse({
    stepId: 'sms',
    action: 'Sms',
    fromDaysPastDue: 1,
    toDaysPastDue: 30,
    everyDays: 3,
    atMost: 4,
    scriptId: 'reminder',
    costFen: 5,
    ...overrides,
  });
}

function next(
  collectionCase: CollectionCase,
  steps: StrategyStep[],
  scene: { at?: string; on?: string; debtor?: Debtor } = {},
) {
  const arm: StrategyArm = { arm: 'Champion', percent: 100, steps };
  return chooseStep({
    collectionCase,
    debtor: scene.debtor,
    arm,
    limits,
    on: scene.on ?? on,
    at: scene.at ?? at,
  });
}

function withLoan(changes: Parameters<typeof aDebt>[1]): CollectionCase {
  return aCase({ loans: [aDebt('one', changes).loan] });
}

const stepIdOf = (chosen: ReturnType<typeof next>) =>
  chosen.kind === 'Step' ? chosen.step.stepId : chosen.because;

describe('chooseStep', () => {
  it.each([
    [5, 6, 30, 'NextStep'],
    [6, 6, 30, 'sms'],
    [30, 6, 30, 'sms'],
    [31, 6, 30, 'NothingLeft'],
  ])(
    'on day %i of a step from %i to %i: %s',
    (daysPastDue, fromDaysPastDue, toDaysPastDue, expected) => {
      expect(
        stepIdOf(next(withLoan({ daysPastDue }), [step({ fromDaysPastDue, toDaysPastDue })])),
      ).toBe(expected);
    },
  );

  it.each<[string, StrategyStep['when'], Parameters<typeof aDebt>[1], string]>([
    ['the balance at the least', { balanceAtLeastFen: 100_000 }, {}, 'sms'],
    ['a fen below it', { balanceAtLeastFen: 100_001 }, {}, 'NothingLeft'],
    ['the balance at the bound', { balanceBelowFen: 100_000 }, {}, 'NothingLeft'],
    ['a fen below the bound', { balanceBelowFen: 100_001 }, {}, 'sms'],
    ['the segment', { segments: ['PersonalConsumer'] }, {}, 'sms'],
    ['another segment', { segments: ['SmallBusiness'] }, {}, 'NothingLeft'],
    ['the grade', { grades: ['B'] }, {}, 'sms'],
    ['another grade', { grades: ['A'] }, {}, 'NothingLeft'],
    ['a guarantor that is not there', { hasGuarantor: true }, {}, 'NothingLeft'],
    ['a guarantor', { hasGuarantor: true }, { hasGuarantor: true }, 'sms'],
    ['a promise broken that was not', { brokenPromisesAtLeast: 1 }, {}, 'NothingLeft'],
    ['no promise broken', { brokenPromisesBelow: 1 }, {}, 'sms'],
    ['a debtor who is reached', { contactability: ['Reachable'] }, {}, 'sms'],
    ['a debtor who is lost', { contactability: ['Lost'] }, {}, 'NothingLeft'],
  ])('asks for %s', (_name, when, loan, expected) => {
    expect(stepIdOf(next(withLoan(loan), [step({ when })]))).toBe(expected);
  });

  it('takes the highest rung that may be taken', () => {
    const ladder = [
      step(),
      step({ stepId: 'call', action: 'Call', fromDaysPastDue: 5 }),
      step({ stepId: 'visit', action: 'Visit', fromDaysPastDue: 60, toDaysPastDue: 90 }),
    ];
    expect(stepIdOf(next(withLoan({ daysPastDue: 5 }), ladder))).toBe('call');
  });

  it('waits for the day of the next step, not day by day', () => {
    const chosen = next(withLoan({ daysPastDue: 1 }), [step({ fromDaysPastDue: 20 })]);
    expect(chosen).toEqual({
      kind: 'Wait',
      because: 'NextStep',
      until: '2026-12-15T00:00:00.000Z',
    });
  });

  it.each([
    [2, 'NextStep'],
    [3, 'sms'],
  ])('leaves %i days between two tries of three', (days, expected) => {
    const tried = aCase({ steps: { sms: { count: 1, lastOn: `2026-11-${26 - days}` } } });
    expect(stepIdOf(next(tried, [step()]))).toBe(expected);
  });

  it('tries no oftener than the step says', () => {
    const tried = (count: number) => aCase({ steps: { sms: { count, lastOn: '2026-11-01' } } });
    expect(stepIdOf(next(tried(3), [step()]))).toBe('sms');
    expect(stepIdOf(next(tried(4), [step()]))).toBe('NothingLeft');
  });

  it('never waits longer than its patience, whatever there is to wait for', () => {
    const chosen = next(withLoan({ daysPastDue: 1 }), [
      step({ fromDaysPastDue: 300, toDaysPastDue: 400 }),
    ]);
    expect(chosen).toMatchObject({ until: '2026-12-26T00:00:00.000Z', because: 'NothingLeft' });
    expect(WAIT_MAX_DAYS * 86_400).toBeLessThan(30_240_000);
  });

  it('puts a contact off to the end of the quiet hours, and a letter not', () => {
    const late = { at: '2026-11-26T14:00:00.000Z' };
    expect(next(aCase(), [step()], late)).toMatchObject({
      because: 'QuietHours',
      until: '2026-11-27T00:00:00.000Z',
    });
    expect(stepIdOf(next(aCase(), [step({ action: 'Letter' })], late))).toBe('sms');
  });

  it('leaves a debtor alone until the day after the grace of an open promise', () => {
    const promised = (dueOn: string) =>
      aCase({
        promises: [
          {
            promiseId: 'p',
            status: 'Open',
            amountFen: 1,
            dueOn,
            madeOn: '2026-11-20',
            receivedFen: 0,
            madeTo: 'a',
          },
        ],
      });
    expect(next(promised('2026-11-25'), [step()])).toMatchObject({
      because: 'Promise',
      until: '2026-11-27T00:00:00.000Z',
    });
    expect(stepIdOf(next(promised('2026-11-24'), [step()]))).toBe('sms');
  });

  it('rests while everything is under a question, and asks for the rest of what is not disputed', () => {
    const other = aDebt('two', { overdueFen: 7_000 });
    const pause = {
      pauseId: 'p',
      kind: 'Dispute' as const,
      since: on,
      answerBy: '2026-12-16',
      complexity: 'Plain' as const,
      reason: 'AmountWrong',
      evidence: [],
    };
    const loans = [aDebt().loan, other.loan];
    const first = loans[0]?.loanId ?? '';
    const partly = aCase({ loans, pauses: [{ ...pause, loanIds: [first] }] });
    expect(stepIdOf(next(partly, [step({ when: { balanceBelowFen: 7_001 } })]))).toBe('sms');
    expect(stepIdOf(next(aCase({ loans, pauses: [pause] }), [step()]))).toBe('Resting');
    const both = aCase({
      loans,
      pauses: [{ ...pause, loanIds: loans.map(({ loanId }) => loanId) }],
    });
    expect(stepIdOf(next(both, [step()]))).toBe('Resting');
  });

  it('does nothing before the instant a step was put off to', () => {
    const put = (notBefore: string) => aCase({ notBefore });
    expect(stepIdOf(next(put('2026-11-26T02:00:00.001Z'), [step()]))).toBe('NotBefore');
    expect(stepIdOf(next(put(at), [step()]))).toBe('sms');
  });
});

describe('a step', () => {
  const begun = beginStep(aCase(), { step: step(), at });

  it('is under way until what became of it is recorded, once', () => {
    expect(begun).toMatchObject({ stepCount: 1, pending: { number: 1, stepId: 'sms' } });
    const done = completeStep(begun, { number: 1, result: 'Delivered', on, at });
    expect(done).toMatchObject({ steps: { sms: { count: 1, lastOn: on } }, costFen: 5 });
    expect(done && completeStep(done, { number: 1, result: 'Delivered', on, at })).toBeUndefined();
    expect(completeStep(begun, { number: 2, result: 'Delivered', on, at })).toBeUndefined();
  });

  it('says in its event which version of which strategy chose it', () => {
    expect(begun.event.facts).toMatchObject({
      strategy: 'default-ladder#1',
      arm: begun.arm,
      stepId: 'sms',
    });
  });

  it('that was put off costs nothing and counts for nothing', () => {
    const put = postponeStep(begun, {
      number: 1,
      because: 'QuietHours',
      until: '2026-11-27T00:00:00.000Z',
      at,
    });
    expect(put).toMatchObject({ steps: {}, costFen: 0, notBefore: '2026-11-27T00:00:00.000Z' });
  });

  it('that people let lie counts as tried; a provider that is down is asked again', () => {
    const call = beginStep(aCase(), { step: step({ action: 'Call' }), at });
    expect(giveUpStep(call, { number: 1, on, at })?.steps).toEqual({
      sms: { count: 1, lastOn: on },
    });
    expect(giveUpStep(begun, { number: 1, on, at })).toMatchObject({
      steps: {},
      notBefore: '2026-11-26T06:00:00.000Z',
    });
    expect(giveUpStep(begun, { number: 0, on, at })).toBeUndefined();
  });
});

describe('armOf', () => {
  const strategy = shippedStrategy();

  it('puts a borrower always into the same arm, whatever the version', () => {
    const arms = Array.from({ length: 200 }, (_, n) => armOf(strategy, `b-${n}`).arm);
    const again = Array.from(
      { length: 200 },
      (_, n) => armOf(Object.assign({}, strategy, { version: 9 }), `b-${n}`).arm,
    );
    expect(again).toEqual(arms);
  });

  it('splits ten thousand borrowers as the percentages say', () => {
    const challenged = Array.from(
      { length: 10_000 },
      (_, n) => armOf(strategy, `borrower ${n}`).arm,
    ).filter((arm) => arm === 'Challenger').length;
    expect(challenged).toBeGreaterThan(1_850);
    expect(challenged).toBeLessThan(2_150);
  });

  it.each([
    [
      'do not sum to a hundred',
      (s: CollectionStrategy) => ({ ...s, arms: s.arms.map((arm) => ({ ...arm, percent: 60 })) }),
    ],
    [
      'are there twice',
      (s: CollectionStrategy) => ({
        ...s,
        arms: [s.arms[0], s.arms[0]].map((arm) => ({ ...arm, percent: 50 })),
      }),
    ],
    [
      'hold a contact without a script',
      (s: CollectionStrategy) => ({
        ...s,
        arms: [{ ...s.arms[0], percent: 100, steps: [{ ...step(), scriptId: undefined }] }],
      }),
    ],
    [
      'have two steps of one id',
      (s: CollectionStrategy) => ({
        ...s,
        arms: [{ ...s.arms[0], percent: 100, steps: [step(), step()] }],
      }),
    ],
  ])('refuses arms that %s', (_name, broken) => {
    expect(CollectionStrategy.safeParse(broken(strategy)).success).toBe(false);
  });
});

describe('changeStrategy', () => {
  it('puts a running case on another version, keeps what was done, and says from which', () => {
    const running = aCase({ steps: { sms: { count: 2, lastOn: on } } });
    const changed = changeStrategy(running, {
      strategy: { ...shippedStrategy(), version: 2 },
      at,
      actor: 'operator:s',
    });
    expect(changed).toMatchObject({ strategyVersion: 2, steps: { sms: { count: 2 } } });
    expect(changed.event.facts).toMatchObject({
      strategy: 'default-ladder#2',
      fromStrategy: 'default-ladder#1',
    });
  });

  it('refuses the version a case runs by already, and a closed case', () => {
    const change = { strategy: shippedStrategy(), at, actor: 'operator:s' };
    expect(() => changeStrategy(aCase(), change)).toThrow('already');
    expect(() => changeStrategy(aCase({ status: 'Closed' }), change)).toThrow('closed');
  });
});

describe('lintScript', () => {
  const scripts = catalogItems().filter(
    ({ kind, idVersion }) => kind === 'collection-script' && !idVersion.endsWith('latest'),
  );
  it.each(scripts.map((item) => [String(item['scriptId']), item] as const))(
    'passes the shipped %s',
    (_id, item) => {
      const { kind: _kind, idVersion: _version, ...script } = item;
      expect(lintScript(CollectionScript.parse(script), limits.bannedWords)).toEqual([]);
    },
  );

  function script(text: string, changes: Partial<CollectionScript> = {}): CollectionScript {
    return {
      scriptId: 'x',
      version: 1,
      name: 'x',
      channels: ['Call'],
      audience: 'Debtor',
      isOpening: false,
      text: { zh: text, en: 'Hello.' },
      ...changes,
    };
  }

  it.each<[string, CollectionScript, string]>([
    ['a threat', script('再不还就上黑名单'), 'BannedWord'],
    ['the police', script('我们会报警，公安会来'), 'BannedWord'],
    [
      'an amount to a third person',
      script('他欠{amount}元', { audience: 'ThirdPerson' }),
      'DebtToThirdPerson',
    ],
    [
      'the word debt to a third person',
      script('他的贷款', { audience: 'ThirdPerson' }),
      'DebtToThirdPerson',
    ],
    [
      'an opening that does not say who calls',
      script('您好', { isOpening: true }),
      'IdentityMissing',
    ],
    ['a placeholder nobody fills', script('{nickname}您好'), 'UnknownToken'],
  ])('finds %s', (_name, checked, rule) => {
    expect(lintScript(checked, limits.bannedWords).map((fault) => fault.rule)).toContain(rule);
  });

  it('never leaves a placeholder in what is said', () => {
    expect(fillScript('{amount}元', { amount: '10.00' })).toBe('10.00元');
    expect(() => fillScript('{amount}元', {})).toThrow('amount');
  });
});

describe('noteContact and contactabilityOf (rules 5.8)', () => {
  function after(codes: readonly (readonly [OutcomeCode, string])[]): Debtor | undefined {
    let debtor: Debtor | undefined;
    for (const [code, date] of codes) {
      const reserved = reserveContact(
        {
          collectionCase: aCase(),
          debtor: undefined,
          day: emptyContactDay('borrower-1', date),
          limits,
          at: `${date}T04:00:00.000Z`,
        },
        {
          contactId: 'contact_00000000000000000000000001',
          channel: 'Call',
          audience: 'Debtor',
          numberKey: 'registered',
          purpose: 'Collect',
          speaker: 'lender',
          actor: 'a',
        },
      );
      if (reserved.outcome === 'Refused') throw new Error(reserved.because);
      debtor = noteContact(debtor, { contact: reserved.contact, code, at }) ?? debtor;
    }
    return debtor;
  }
  const dials = (...dates: string[]) => dates.map((date) => ['NoAnswer', date] as const);

  it.each([
    ['nothing', [], '2026-11-26', 'Reachable'],
    ['two dials that failed', dials('2026-11-26', '2026-11-26'), '2026-11-27', 'Unreachable'],
    [
      'three in a row, the same day',
      dials('2026-11-26', '2026-11-26', '2026-11-26'),
      '2026-11-26',
      'Unreachable',
    ],
    [
      'three in a row, from the next day on',
      dials('2026-11-26', '2026-11-26', '2026-11-26'),
      '2026-11-27',
      'Lost',
    ],
    [
      'three days in a row, at once',
      dials('2026-11-24', '2026-11-25', '2026-11-26'),
      '2026-11-26',
      'Lost',
    ],
    [
      'a gap between the days',
      dials('2026-11-22', '2026-11-24', '2026-11-24'),
      '2026-11-24',
      'Unreachable',
    ],
    ['an invalid number', [['InvalidNumber', '2026-11-26'] as const], '2026-11-26', 'Lost'],
    ['a death', [['ReportedDead', '2026-11-26'] as const], '2026-11-26', 'Deceased'],
    [
      'a talk after three failures',
      [...dials('2026-11-24', '2026-11-25', '2026-11-25'), ['RefusesToPay', '2026-11-26'] as const],
      '2026-11-26',
      'Reachable',
    ],
    [
      'somebody who hung up, between failures: they are three no more',
      [
        ...dials('2026-11-24', '2026-11-25'),
        ['HungUp', '2026-11-25'] as const,
        ...dials('2026-11-26'),
      ],
      '2026-11-26',
      'Unreachable',
    ],
    [
      'a stranger at the number, between failures',
      [
        ...dials('2026-11-24', '2026-11-25'),
        ['WrongPerson', '2026-11-25'] as const,
        ...dials('2026-11-26'),
      ],
      '2026-11-26',
      'Lost',
    ],
    [
      'two days of failures and one on which somebody answered before the dial that failed',
      [['RefusesToPay', '2026-11-24'] as const, ...dials('2026-11-24', '2026-11-25', '2026-11-26')],
      '2026-11-26',
      'Unreachable',
    ],
    [
      'three days of failures after a day on which somebody answered',
      [
        ['HungUp', '2026-11-23'] as const,
        ...dials('2026-11-23', '2026-11-24', '2026-11-25', '2026-11-26'),
      ],
      '2026-11-26',
      'Lost',
    ],
  ] as const)('after %s on %s', (_name, codes, date, expected) => {
    expect(contactabilityOf(after(codes), date, limits)).toBe(expected);
  });

  it('learns nothing about the debtor from the number of a guarantor', () => {
    const asked = {
      ...({ channel: 'Call', audience: 'Guarantor', purpose: 'Collect' } as const),
      ...{ contactId: `contact_${'1'.repeat(26)}`, numberKey: 'registered' },
      ...{ speaker: 'lender', actor: 'a' },
    };
    const reserved = reserveContact(
      {
        ...{ collectionCase: aCase(), debtor: undefined, limits, at },
        day: emptyContactDay('borrower-1', on),
      },
      asked,
    );
    if (reserved.outcome === 'Refused') throw new Error(reserved.because);
    const noted = { contact: reserved.contact, code: 'InvalidNumber', at } as const;
    expect(noteContact(undefined, noted)).toBeUndefined();
  });
});
