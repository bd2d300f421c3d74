import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Application, ApplicationStatus } from '../../../domain/applications/application.ts';
import { changeApplication } from '../../../domain/applications/change-application.ts';
import { applicationTransitions, isClosed } from '../../../domain/applications/transitions.ts';
import { ApplicationClosed, InvalidTransition } from '../../../domain/shared/errors.ts';
import { aRequest, anApplication, anEvent } from '../builders.ts';

describe('createApplication', () => {
  it('makes a first version that fits the schema, without the supplier in the open', () => {
    const request = aRequest({
      requested: { supplier: { name: 'Shop', bankAccount: { number: '1', bankCode: '2' } } },
    });
    const application = anApplication({ request });
    expect(Application.safeParse(application).success).toBe(true);
    expect(application).toMatchObject({ version: 1, status: 'Received', mode: 'Platform' });
    expect(application.requested).toEqual({
      amountFen: 30_000_00,
      termMonths: 12,
      repaymentMethod: 'EqualInstallment',
      purpose: 'HomeAppliances',
      hasSupplier: true,
    });
  });

  it('says in its event what was asked for, and nothing personal', () => {
    const { event } = anApplication();
    expect(event.type).toBe('ApplicationSubmitted');
    expect(event.facts).toMatchObject({ amountFen: 30_000_00, channel: 'PartnerReferral' });
    expect(JSON.stringify(event)).not.toMatch(/测试甲|9900001990|199000000|6200000/);
  });

  it('keeps attribution and the wish for a human decision only when given', () => {
    const bare = aRequest();
    delete bare.attribution;
    expect(anApplication({ request: bare })).not.toHaveProperty('attribution');
    expect(anApplication({ request: bare }).humanReviewRequested).toBe(false);
    const asking = { ...aRequest(), humanReviewRequested: true };
    expect(anApplication({ request: asking }).humanReviewRequested).toBe(true);
  });
});

describe('changeApplication', () => {
  it('takes every edge of the graph and refuses every other', () => {
    for (const from of ApplicationStatus.options) {
      for (const status of ApplicationStatus.options) {
        const application = { ...anApplication(), status: from };
        const change = () => changeApplication(application, { status, event: anEvent('Moved') });
        const isLegal =
          applicationTransitions[from].includes(status) || (from === status && !isClosed(from));
        if (isClosed(from)) expect(change).toThrow(ApplicationClosed);
        else if (isLegal) expect(change().status).toBe(status);
        else expect(change).toThrow(InvalidTransition);
      }
    }
  });

  it('keeps the status when only facts change', () => {
    const changed = changeApplication(anApplication(), {
      patch: { reasonCodes: ['AmountAboveLimit'] },
      event: anEvent('Noted'),
    });
    expect(changed).toMatchObject({
      status: 'Received',
      version: 2,
      reasonCodes: ['AmountAboveLimit'],
    });
    expect(changed.closedAt).toBeUndefined();
  });

  it('stamps the time of closing once', () => {
    const closed = changeApplication(anApplication(), {
      status: 'Withdrawn',
      event: anEvent('ApplicationWithdrawn'),
    });
    expect(closed.closedAt).toBe(anEvent('').at);
    const noted = changeApplication(closed, {
      isAfterClose: true,
      patch: { humanReviewRequested: true },
      event: { ...anEvent('ReviewRequested'), at: '2026-12-01T09:00:00+08:00' },
    });
    expect(noted).toMatchObject({ status: 'Withdrawn', closedAt: closed.closedAt, version: 3 });
  });

  it('lets no status come with a note after the end', () => {
    const closed = changeApplication(anApplication(), {
      status: 'Declined',
      event: anEvent('Declined'),
    });
    expect(() =>
      changeApplication(closed, {
        isAfterClose: true,
        status: 'Approved',
        event: anEvent('Approved'),
      }),
    ).toThrow(ApplicationClosed);
  });

  it('never reaches an unlisted status and never skips a version, whatever is tried', () => {
    const attempts = fc.array(fc.constantFrom(...ApplicationStatus.options), { maxLength: 30 });
    fc.assert(
      fc.property(attempts, (statuses) => {
        let application = anApplication();
        for (const status of statuses) {
          const before = application;
          try {
            application = changeApplication(before, { status, event: anEvent('Moved') });
          } catch {
            continue;
          }
          expect(application.version).toBe(before.version + 1);
          expect(application.previousAuditHash).toBe(before.auditHash);
          expect([before.status, ...applicationTransitions[before.status]]).toContain(status);
        }
      }),
    );
  });
});
