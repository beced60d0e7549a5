/** How often it is asked whether another process has written, in milliseconds; so often something is told at most. */
const LOOK_MS = 1_000;

/** Tells that there are new metrics while somebody looks. Its timer keeps no process alive. */
export class MetricWatch {
  readonly #version: () => string;
  readonly #tell: () => void;
  #timer: NodeJS.Timeout | undefined;
  #seen: string | undefined;

  /** `version` differs from before where something may have changed. */
  constructor(version: () => string, tell: () => void) {
    this.#version = version;
    this.#tell = tell;
  }

  start(): void {
    if (this.#timer) return;
    this.#seen = this.#read();
    this.#timer = setInterval(() => this.look(), LOOK_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  look(): void {
    const now = this.#read();
    if (now === undefined || now === this.#seen) return;
    this.#seen = now;
    this.#tell();
  }

  /** Undefined where the store cannot be read now; whoever asks for what is in it hears why. */
  #read(): string | undefined {
    try {
      return this.#version();
    } catch {
      return undefined;
    }
  }
}
