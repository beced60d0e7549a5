/** The head of a reply, as it came. */
export interface ReplyHead {
  status: number;
  statusText: string;
  /** Names and values in turn. */
  rawHeaders: readonly string[];
}

/** What a client tells while it is answered. */
export interface ClientEvents {
  /** It has taken what was written: more may come. */
  drained(): void;
  /** It was given the whole reply. */
  sent(): void;
  /** It went before it had the whole reply. */
  left(): void;
}

/** Who waits for a reply. Methods are called in the order `begin`, `write`…, `end`, or `cut` at any time. */
export interface Client {
  hear(events: ClientEvents): void;
  /** Throws where HTTP cannot carry such a head. */
  begin(head: ReplyHead): void;
  /** False where nothing more should be written before `drained`. */
  write(bytes: Uint8Array): boolean;
  /** `trailers`: names and values in turn. */
  end(trailers: readonly string[]): void;
  /** Half a reply must not look like a whole one. */
  cut(): void;
}

/** For an exchange that nobody waits for. */
export function noClient(): Client {
  let events: ClientEvents | undefined;
  return {
    hear: (given) => {
      events = given;
    },
    begin: () => {},
    write: () => true,
    // Later, as a real one: the exchange still settles its accounts.
    end: () => queueMicrotask(() => events?.sent()),
    cut: () => events?.left(),
  };
}
