import { EXIT } from '../exitCode.ts';

/** How long an interrupted command waits for whoever reads its output, in milliseconds. */
const INTERRUPTED_MS = 500;

type Output = Pick<NodeJS.WriteStream, 'write' | 'on' | 'off' | 'errored'>;

/** Watches output streams, so that what cannot be written is known at the end and ends nothing before. */
export class OutputWatch {
  readonly #streams: readonly Output[];
  readonly #tell: (message: string) => void;
  #fault: NodeJS.ErrnoException | undefined;

  /** `tell` gets the reason, where an output could not be written. */
  constructor(streams: readonly Output[], tell: (message: string) => void) {
    this.#streams = streams;
    this.#tell = tell;
    for (const stream of streams)
      stream.on('error', (error: NodeJS.ErrnoException) => {
        this.#fault ??= error;
      });
  }

  /** The exit code once everything is written: `code`, or that of an error where something could not be. */
  async drained(code: number): Promise<number> {
    const written = Promise.all(this.#streams.map(flushed));
    await (code === EXIT.interrupted ? Promise.race([written, pause(INTERRUPTED_MS)]) : written);

    // Whoever closes the pipe, as `head` does, has read enough.
    if (!this.#fault || this.#fault.code === 'EPIPE') return code;
    this.#tell(`touchstone: output could not be written (${this.#fault.code ?? this.#fault.message})`);
    return code === EXIT.passed ? EXIT.userError : code;
  }
}

/** Resolves when all that was written before is out, or cannot be. */
function flushed(stream: Output): Promise<void> {
  return new Promise((resolve) => {
    if (stream.errored) return resolve();
    stream.on('error', () => resolve());
    stream.write('', () => resolve());
  });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
