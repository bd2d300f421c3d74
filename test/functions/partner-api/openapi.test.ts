import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describedRoutes } from '#functions/partner-api/described-openapi.ts';
import { handler } from '#functions/partner-api/get-openapi.ts';
import { routes } from '#lib/routes.ts';
import { problems } from '#platform/problem.ts';
import { invoke } from '#test/support/invoke.ts';

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { name: string; in: string; required?: boolean }[];
  readonly requestBody?: unknown;
  readonly responses: Readonly<Record<string, { content?: Record<string, { schema: unknown }> }>>;
  readonly security?: readonly unknown[];
}
interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly webhooks: Readonly<Record<string, { readonly post?: Operation }>>;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
}

const answer = await invoke(handler, {});
const document = JSON.parse(answer.body) as Document;
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    request: `${method.toUpperCase()} ${path}`,
    path,
    operation,
  })),
);
const served = routes.filter(({ authoriser }) => ['Partner', 'None'].includes(authoriser));

describe('the OpenAPI document', () => {
  it('is given to anybody, as OpenAPI 3.1', () => {
    expect(answer.statusCode).toBe(200);
    expect(document.openapi).toBe('3.1.0');
  });

  it('describes exactly the routes that are served to partners', () => {
    const described = operations.map(({ request }) => request).toSorted();
    expect(described).toEqual(served.map(({ method, path }) => `${method} ${path}`).toSorted());
    expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(
      operations.length,
    );
  });

  it('describes what is sent to partners, with the headers that prove who sent it', () => {
    expect(Object.keys(document.webhooks)).toEqual([
      'applicationEnded',
      'declineUpheld',
      'declineOverturned',
    ]);
    for (const { post } of Object.values(document.webhooks)) {
      const names = post?.parameters?.map(({ name }) => name);
      expect(names).toEqual(['webhook-id', 'webhook-timestamp', 'webhook-signature']);
    }
    expect(JSON.stringify(document.webhooks)).toContain('application.review_upheld');
  });

  it.each(operations)('$request names its path parameters, and no others', (row) => {
    const inPath = [...row.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    const named = (row.operation.parameters ?? []).filter((each) => each.in === 'path');
    expect(named.map(({ name }) => name)).toEqual(inPath);
    expect(named.every(({ required }) => required)).toBe(true);
  });

  it.each(operations)('$request asks for a key exactly when it changes something', (row) => {
    const isPost = row.request.startsWith('POST');
    const key = row.operation.parameters?.find(({ name }) => name === 'Idempotency-Key');
    expect([key?.in, key?.required]).toEqual(isPost ? ['header', true] : [undefined, undefined]);
    expect(row.operation.requestBody !== undefined).toBe(isPost);
  });

  it.each(operations)('$request says how it succeeds and how it fails', (row) => {
    const { responses } = row.operation;
    const route = describedRoutes().find(({ method, path }) => `${method} ${path}` === row.request);
    expect(responses[String(route?.status)]?.content).toHaveProperty('application/json');
    const refusals = [...(route?.problems ?? []), 'InternalError', 'Unavailable'] as const;
    for (const code of refusals)
      expect(responses[String(problems[code].status)]?.content, code).toHaveProperty([
        'application/problem+json',
      ]);
  });

  it('asks for credentials everywhere but here', () => {
    const open = operations.filter(({ operation }) => operation.security?.length === 0);
    expect(open.map(({ request }) => request)).toEqual(['GET /v1/openapi.json']);
  });

  it('refers only to schemas it contains', () => {
    const references = [...answer.body.matchAll(/"#\/components\/schemas\/([^"]+)"/g)];
    expect(references.length).toBeGreaterThan(0);
    for (const [, name = ''] of references)
      expect(document.components.schemas).toHaveProperty(name);
  });

  it('tells nothing of what only operators may see', () => {
    expect(answer.body).not.toMatch(/\/ops\/|taskToken|rulesTrace|scorecard/);
  });
});

describe.each(['partner-api', 'operator-api'])('functions/%s', (folder) => {
  it('has a route for every handler but the authoriser', async () => {
    const names = readdirSync(join(import.meta.dirname, '../../../functions', folder));
    const handlers: string[] = [];
    for (const name of names.map((each) => each.replace(/\.ts$/, ''))) {
      const path = `../../../functions/${folder}/${name}.ts`;
      const exported = (await import(/* @vite-ignore */ path)) as Record<string, unknown>;
      if ('handler' in exported && !name.startsWith('authorise-'))
        handlers.push(`functions/${folder}/${name}.ts`);
    }
    const entries = routes.map(({ entry }) => entry).filter((each) => each.includes(`/${folder}/`));
    expect(handlers.toSorted()).toEqual(entries.toSorted());
  });
});
