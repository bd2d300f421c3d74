import * as z from 'zod';
import type { Engine } from './engine.ts';
import { parseRequest, type Operation } from './protocol-answers.ts';
import { readStateTest } from './test-state-request.ts';
import { testState } from './test-state.ts';
import { validateDefinition } from './validate-definition.ts';

const Validate = z.object({
  definition: z.string(),
  type: z.enum(['STANDARD', 'EXPRESS']).optional(),
});

/** Inspected values the API prints as they are; all others are JSON text. */
const plainInspections = new Set([
  'errorDetails',
  'maxConcurrency',
  'toleratedFailureCount',
  'toleratedFailurePercentage',
]);

/** Operations that try a definition without running it. */
export function testOperations(engine: Engine): Record<string, Operation> {
  const hasServicePort = engine.ports.callService !== undefined;
  return {
    ValidateStateMachineDefinition: (body) => {
      const { definition, type = 'STANDARD' } = parseRequest(Validate, body);
      const diagnostics = validateDefinition(definition, { type, hasServicePort });
      return Promise.resolve({
        result: diagnostics.length === 0 ? 'OK' : 'FAIL',
        diagnostics: diagnostics.map((diagnostic) => ({ severity: 'ERROR', ...diagnostic })),
        truncated: false,
      });
    },
    TestState: async (body) => {
      const test = readStateTest(body, hasServicePort);
      const { inspection, output, ...shown } = await testState(engine, test);
      const inspectionData = Object.fromEntries(
        Object.entries(inspection).map(([name, value]) => [
          name,
          plainInspections.has(name) ? value : JSON.stringify(value),
        ]),
      );
      return {
        ...shown,
        ...(output !== undefined && { output: JSON.stringify(output) }),
        ...(test.level !== 'INFO' && { inspectionData }),
      };
    },
  };
}
