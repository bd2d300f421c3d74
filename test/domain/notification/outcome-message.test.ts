import { describe, expect, it } from 'vitest';
import { loanRowsOf } from '../../../domain/loans/loan-terms.ts';
import { borrowerMessage, partnerMessage } from '../../../domain/notification/outcome-message.ts';
import { agreedLoanOf } from '../../../domain/contracts/prepare-contract.ts';
import { aDecision, anApplication, anOffer } from '../builders.ts';
import { consumerProduct } from '../catalog-files.ts';

describe('borrowerMessage', () => {
  const disbursed = anOffer({ status: 'Disbursed' });
  const rows = loanRowsOf(agreedLoanOf(disbursed), consumerProduct, '2026-11-24');

  it('names amount, contract and first due date of a paid loan', () => {
    const schedule = { loanId: disbursed.loanId ?? '', record: 'schedule#0001', rows };
    expect(borrowerMessage(disbursed, schedule)).toEqual({
      template: 'LoanDisbursed',
      parameters: {
        contractNumber: disbursed.contract?.contractNumber,
        amount: '30,000.00',
        firstDueOn: '2026-12-24',
        firstAmount: '2,631.90',
      },
    });
  });

  it('says what it knows when schedule, contract and offer are missing', () => {
    const bare = anApplication({ status: 'Disbursed' });
    expect(borrowerMessage(bare, undefined).parameters).toEqual({
      contractNumber: '',
      amount: '30,000.00',
      firstDueOn: '',
      firstAmount: '',
    });
    const withoutOffer = aDecision();
    delete withoutOffer.offer;
    const declined = { ...bare, decision: withoutOffer };
    expect(borrowerMessage(declined, undefined).parameters['amount']).toBe('30,000.00');
  });

  it.each(['Declined', 'Expired', 'Withdrawn'] as const)('names no reason when %s', (status) => {
    const application = anApplication({ status, reasonCodes: ['CurrentOverdue'] });
    expect(borrowerMessage(application, undefined)).toEqual({
      template: `Application${status}`,
      parameters: {},
    });
  });
});

describe('partnerMessage', () => {
  it('tells the outcome by the number of the partner', () => {
    const application = anOffer({ status: 'Disbursed', closedAt: '2026-11-24T00:00:00Z' });
    expect(partnerMessage(application)).toEqual({
      type: 'application.disbursed',
      timestamp: '2026-11-24T00:00:00Z',
      data: {
        applicationId: application.applicationId,
        externalId: 'P-1001',
        status: 'Disbursed',
        reasonCodes: [],
        loanId: application.loanId,
      },
    });
  });

  it('names no loan where there is none', () => {
    const declined = anApplication({ status: 'Declined' });
    expect(partnerMessage(declined).data).not.toHaveProperty('loanId');
    expect(partnerMessage(declined).timestamp).toBe(declined.event.at);
  });
});
