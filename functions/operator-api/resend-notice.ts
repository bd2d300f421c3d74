import * as z from 'zod';
import { sendAgain } from '#domain/notification/notice.ts';
import { InvalidTransition } from '#domain/shared/errors.ts';
import { LoanId } from '#domain/shared/primitives.ts';
import { apiRoute } from '#platform/api-route.ts';
import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { existing } from '#platform/existing.ts';
import { quietHoursFor } from '#platform/quiet-hours-in-force.ts';
import { answerOnce, rememberedRequests } from '#platform/remembered-requests.ts';
import { DynamoCatalog } from '#platform/repositories/catalog.ts';
import { DynamoLoans } from '#platform/repositories/loans.ts';
import { DynamoNotices } from '#platform/repositories/notices.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { now } from '#platform/time.ts';
import { NoticeView, viewNotice } from './notice-view.ts';

export const resendNoticeRoute = describeRoute({
  operationId: 'resendNotice',
  summary: 'Send a notice again that was given up or did not arrive; quiet hours hold',
  method: 'POST',
  path: '/ops/loans/{loanId}/notices/{noticeId}/resend',
  caller: 'Operator',
  roles: ['Reviewer', 'Supervisor'],
  parameters: z.object({ loanId: LoanId, noticeId: z.string().max(200) }),
  query: Nothing,
  body: Nothing,
  status: 202,
  answer: NoticeView,
  problems: ['NotFound', 'InvalidTransition', 'IdempotencyKeyReused'],
});

export const handler = apiRoute({
  description: resendNoticeRoute,
  dependencies: () => {
    const documents = documentClient();
    return {
      notices: new DynamoNotices(documents, requireEnvironment('NOTICES_TABLE')),
      loans: new DynamoLoans(documents, requireEnvironment('LOANS_TABLE')),
      catalog: new DynamoCatalog(documents, requireEnvironment('CATALOG_TABLE')),
      keys: rememberedRequests(),
      now,
    };
  },
  run: ({ caller, parameters, idempotency }, { notices, keys, ...dependencies }) => {
    const at = dependencies.now();
    const call = { keys, callerId: caller.operatorId, idempotency, at, answer: NoticeView };
    return answerOnce(call, async () => {
      const notice = existing(await notices.find(parameters), 'such notice');
      const quiet = await quietHoursFor(notice, dependencies);
      const next = sendAgain(notice, { at: at.toISOString(), quiet });
      if (next === undefined)
        throw new InvalidTransition(`notice ${notice.noticeId} is ${notice.status}`);
      await notices.replace(next);
      return viewNotice(next);
    });
  },
});
