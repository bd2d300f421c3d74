import type { progress as clackProgress } from '@clack/prompts';

/** Where a command says what it did: JSON for programs, lines for people. */
export class ConsoleOutput {
  readonly #isJson: boolean;

  constructor(isJson: boolean) {
    this.#isJson = isJson;
  }

  /** The result of the command. */
  result(value: unknown, lines: () => readonly string[]): void {
    console.log(this.#isJson ? JSON.stringify(value, undefined, 2) : lines().join('\n'));
  }

  /** A progress bar on a terminal, a line now and then elsewhere, nothing for programs. */
  progress(title: string): ProgressDisplay {
    if (this.#isJson) return { update: () => undefined, end: () => undefined };
    return process.stdout.isTTY ? barFor(title) : linesFor(title);
  }
}

export interface ProgressDisplay {
  readonly update: (done: number, total: number, message?: string) => void;
  readonly end: (message: string) => void;
}

function barFor(title: string): ProgressDisplay {
  let bar: ReturnType<typeof clackProgress> | undefined;
  let shown = 0;
  let latest: [done: number, total: number, message: string | undefined] = [0, 0, undefined];
  const draw = () => {
    const [done, , message] = latest;
    bar?.advance(done - shown, message);
    shown = done;
  };
  return {
    update: (...progress) => {
      const [done, total, message] = progress;
      const isFirst = latest[1] === 0;
      latest = [done, total, message];
      if (!isFirst) draw();
      else
        void import('@clack/prompts').then((prompts) => {
          bar = prompts.progress({ max: total });
          bar.start(title);
          draw();
        });
    },
    end: (message) => {
      bar?.stop(message);
    },
  };
}

function linesFor(title: string): ProgressDisplay {
  let said = 0;
  console.log(title);
  return {
    update: (done, total, message) => {
      const tenths = total === 0 ? 10 : Math.floor((done * 10) / total);
      if (tenths <= said) return;
      said = tenths;
      console.log(`  ${message ?? `${done} of ${total}`}`);
    },
    end: (message) => {
      console.log(message);
    },
  };
}
