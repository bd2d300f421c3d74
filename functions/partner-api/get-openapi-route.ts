import * as z from 'zod';
import { describeRoute, Nothing } from '#platform/route-description.ts';

export const getOpenapiRoute = describeRoute({
  operationId: 'getOpenapi',
  summary: 'This document',
  method: 'GET',
  path: '/v1/openapi.json',
  caller: 'Anybody',
  parameters: Nothing,
  query: Nothing,
  body: Nothing,
  status: 200,
  answer: z.looseObject({}),
  problems: [],
});
