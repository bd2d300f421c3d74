/** What of an SDK client is looked at to know whether its requests are for us and as plain as they come. */
export interface SdkClient {
  readonly config: {
    readonly endpoint?: () => Promise<{ readonly hostname: string; readonly port?: number }>;
  };
  readonly middlewareStack: { identify(): string[] };
}

export interface SdkCommand {
  readonly input: Readonly<Record<string, unknown>>;
  readonly middlewareStack: { identify(): string[] };
  readonly constructor: { readonly name: string };
}

type Send = (this: SdkClient, command: SdkCommand, ...rest: unknown[]) => Promise<unknown>;

/**
 * Who answers requests of the SDK in its place, by the port on this machine that they are for. The SDK is changed when
 * the first route is added, once for the whole process; without a route everything goes its way as before.
 */
export class SdkRoutes<Route> {
  readonly #routes = new Map<number, Route>();
  readonly #ports = new WeakMap<SdkClient, number>();
  readonly #install: () => void;
  #isInstalled = false;

  constructor(install: () => void) {
    this.#install = install;
  }

  /** Answers what takes the route away again. */
  add(port: number, route: Route): () => void {
    if (!this.#isInstalled) {
      this.#isInstalled = true;
      this.#install();
    }
    this.#routes.set(port, route);
    return () => {
      if (this.#routes.get(port) === route) this.#routes.delete(port);
    };
  }

  at(port: number): Route | undefined {
    return this.#routes.get(port);
  }

  /** By the endpoint a client was given, or else the one its service's variable names. */
  async of(client: SdkClient, endpointVariable: string): Promise<Route | undefined> {
    let port = this.#ports.get(client);
    if (port === undefined) {
      const explicit = await client.config.endpoint?.();
      const address = explicit ?? new URL(process.env[endpointVariable] ?? 'http://none:1');
      port = address.hostname === '127.0.0.1' ? Number(address.port) : 0;
      this.#ports.set(client, port);
    }
    return this.#routes.get(port);
  }
}

/**
 * Asks `answer` before a client sends a command. Undefined is no answer: the command takes the SDK's way, as does whatever
 * comes with options or from a client with a middleware of its own.
 */
export function answerInsteadOf(
  client: { readonly prototype: object },
  sample: SdkClient & { destroy(): void },
  answer: (client: SdkClient, command: SdkCommand) => Promise<unknown>,
): void {
  const plain = sample.middlewareStack.identify().length;
  sample.destroy();
  const prototype = client.prototype as { send: Send };
  const throughSdk = prototype.send;
  prototype.send = async function send(command, ...rest) {
    const isPlain = rest.length === 0 && this.middlewareStack.identify().length === plain;
    const answered = isPlain ? await answer(this, command) : undefined;
    return answered === undefined ? throughSdk.call(this, command, ...rest) : answered;
  };
}
