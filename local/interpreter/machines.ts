import { createHash } from 'node:crypto';
import { describeDiagnostics } from './faults.ts';
import { isJsonObject, type Json, type JsonObject } from './json.ts';
import { Publications, splitQualifier, type Startable } from './publications.ts';
import { compileProgram, type Program } from './program.ts';
import { invalidDefinition } from './service-errors.ts';
import type { ExecutionStore, MachineRecord, MachineType } from './store.ts';
import { validateDefinition } from './validate-definition.ts';

/** A machine to create. */
export interface MachineDraft {
  readonly name: string;
  readonly arn: string;
  readonly definition: string | JsonObject;
  readonly type?: MachineType | undefined;
  readonly roleArn?: string | undefined;
}

/** The state machines of the platform and every definition an execution may still run on. */
export class Machines {
  readonly publications: Publications;
  readonly #store: ExecutionStore;
  readonly #hasServicePort: boolean;
  readonly #machines = new Map<string, MachineRecord>();
  readonly #programs = new Map<string, Program>();

  constructor(store: ExecutionStore, hasServicePort: boolean) {
    this.#store = store;
    this.publications = new Publications(store);
    this.#hasServicePort = hasServicePort;
  }

  /** Brings back the machines created through the API in an earlier life of the process. */
  async load(): Promise<void> {
    await this.publications.load();
    for (const machine of await this.#store.listMachines())
      if (!this.#machines.has(machine.stateMachineArn))
        this.#machines.set(machine.stateMachineArn, machine);
  }

  /** Creates or replaces a machine; a definition with anything unknown in it is refused here. */
  async put(draft: MachineDraft, atMs: number): Promise<MachineRecord> {
    const { name, arn, type = 'STANDARD' } = draft;
    const text =
      typeof draft.definition === 'string' ? draft.definition : JSON.stringify(draft.definition);
    const { definitionHash } = await this.register(text, type);
    const before = this.#machines.get(arn);
    const machine: MachineRecord = {
      stateMachineArn: arn,
      name,
      type,
      definition: text,
      definitionHash,
      roleArn: draft.roleArn ?? before?.roleArn ?? `arn:aws:iam::000000000000:role/${name}`,
      createdAtMs: before?.createdAtMs ?? atMs,
      updatedAtMs: atMs,
    };
    this.#machines.set(arn, machine);
    return machine;
  }

  /** Creates or replaces a machine that no template brings back: it is kept in the store. */
  async create(draft: MachineDraft, atMs: number): Promise<MachineRecord> {
    const machine = await this.put(draft, atMs);
    await this.#store.saveMachine(machine);
    return machine;
  }

  /** Compiles and keeps a definition without making it a machine. */
  async register(
    text: string,
    type: MachineType,
  ): Promise<{ definitionHash: string; program: Program }> {
    const definitionHash = createHash('sha256').update(text).digest('hex').slice(0, 32);
    let program = this.#programs.get(definitionHash);
    if (!program) {
      const diagnostics = validateDefinition(text, { type, hasServicePort: this.#hasServicePort });
      if (diagnostics.length > 0) throw invalidDefinition(describeDiagnostics(diagnostics));
      program = compileProgram(parseDefinition(text));
      await this.#store.saveDefinition(definitionHash, text);
      this.#programs.set(definitionHash, program);
    }
    return { definitionHash, program };
  }

  /** What an ARN, of a machine, a version or an alias, stands for when an execution is started now. */
  startable(arn: string, draw: number): Startable | undefined {
    const { stateMachineArn, qualifier } = splitQualifier(arn);
    const machine = this.#machines.get(stateMachineArn);
    return machine && this.publications.startable(machine, qualifier, draw);
  }

  find(arn: string): MachineRecord | undefined {
    return this.#machines.get(arn);
  }

  list(): readonly MachineRecord[] {
    return [...this.#machines.values()].sort((a, b) => a.name.localeCompare(b.name));
  }

  async delete(arn: string): Promise<void> {
    this.#machines.delete(arn);
    await this.#store.deleteMachine(arn);
    await this.publications.forget(arn);
  }

  /** The compiled definition an execution began with. */
  async programOf(definitionHash: string): Promise<Program> {
    let program = this.#programs.get(definitionHash);
    if (!program) {
      program = compileProgram(parseDefinition(await this.definitionOf(definitionHash)));
      this.#programs.set(definitionHash, program);
    }
    return program;
  }

  async definitionOf(definitionHash: string): Promise<string> {
    const text = await this.#store.findDefinition(definitionHash);
    if (text === undefined) throw new Error(`no definition ${definitionHash} in the store`);
    return text;
  }
}

function parseDefinition(text: string): JsonObject {
  const definition = JSON.parse(text) as Json;
  return isJsonObject(definition) ? definition : {};
}
