import type { Json, JsonObject } from './json.ts';
import type { MachineType } from './store.ts';

/** One fault of a definition, as ValidateStateMachineDefinition reports it. */
export interface Diagnostic {
  readonly code: string;
  readonly message: string;
  readonly location?: string;
}

export interface ValidationOptions {
  readonly type: MachineType;
  /** Without a port for other services a Task that names one is refused. */
  readonly hasServicePort: boolean;
}

/** Collects the faults of one definition. */
export class Faults {
  readonly options: ValidationOptions;
  readonly list: Diagnostic[] = [];

  constructor(options: ValidationOptions) {
    this.options = options;
  }

  add(location: string, message: string, code = 'SCHEMA_VALIDATION_FAILED'): void {
    this.list.push({ code, message, location });
  }

  /** Reports the fields among `required` that `object` lacks. */
  require(location: string, object: JsonObject, required: readonly string[]): void {
    const missing = required.filter((field) => object[field] === undefined);
    if (missing.length > 0)
      this.add(location, `These fields are required: [${missing.join(', ')}]`);
  }

  /** Reports a value that is none of `words`. */
  refuseOther(location: string, value: Json | undefined, words: readonly string[]): void {
    if (typeof value === 'string' && words.includes(value)) return;
    const field = location.slice(location.lastIndexOf('/') + 1);
    this.add(
      location,
      `The field '${field}' should have one of these values: [${words.join(', ')}]`,
    );
  }

  /** Reports every field of `object` that is not `known`: what is not known is refused here, never at run time. */
  refuseUnknown(location: string, object: JsonObject, known: ReadonlySet<string>): void {
    for (const field of Object.keys(object))
      if (!known.has(field)) this.add(location, `Field '${field}' is not supported`);
  }
}

/** The faults as one sentence of an InvalidDefinition error. */
export function describeDiagnostics(diagnostics: readonly Diagnostic[]): string {
  return diagnostics
    .map(({ code, message, location }) =>
      location === undefined ? `${code}: ${message}` : `${code}: ${message} at ${location}`,
    )
    .join(', ');
}
