import * as z from 'zod';
import { Contact } from '#domain/collections/contact.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { apiRoute } from '#platform/api-route.ts';
import { existing } from '#platform/existing.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { caseDependencies } from './case-dependencies.ts';
import { CaseParameters, CaseView, viewCase } from './case-view.ts';

const CONTACTS_MAX = 200;

export const ContactView = Contact.omit({ borrowerKey: true, numberKey: true }).meta({
  id: 'Contact',
});

export const getCaseRoute = describeRoute({
  operationId: 'getCase',
  summary: 'One collection case: its loans, its ladder, promises, requests and contacts',
  method: 'GET',
  path: '/ops/cases/{caseId}',
  caller: 'Operator',
  roles: ['Collector', 'Approver', 'Supervisor', 'Auditor'],
  parameters: CaseParameters,
  query: Nothing,
  body: Nothing,
  status: 200,
  answer: CaseView.extend({ contacts: z.array(ContactView) }).meta({ id: 'FullCase' }),
  problems: ['NotFound'],
});

export const handler = apiRoute({
  description: getCaseRoute,
  dependencies: caseDependencies,
  run: async ({ parameters }, { cases, now }) => {
    const { caseId } = parameters;
    const found = existing(await cases.findById(caseId), 'such case');
    const { items } = await cases.listContacts(found.borrowerKey, { limit: CONTACTS_MAX });
    const contacts = items
      .filter((contact) => contact.caseId === caseId)
      .toSorted((a, b) => (a.reservedAt < b.reservedAt ? -1 : 1));
    return { body: { ...viewCase(found, businessDateOf(now().getTime())), contacts } };
  },
});
