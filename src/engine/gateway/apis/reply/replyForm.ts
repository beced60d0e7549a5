import type { JsonObject, JsonValue } from '../../../model/json.ts';
import type { ErrorWords } from '../../../resilience/classify.ts';

/** What an event of a stream is to the gateway. */
export interface EventMeaning {
  /** A client shows something of it. */
  isContent?: boolean;
  /** The protocol's own end. */
  isEnd?: boolean;
  /** It says the usage, and nothing else. */
  isUsageOnly?: boolean;
  error?: ErrorWords;
}

/** Reads the replies of one API, and notes what they say. Never throws, whatever the values are. */
export interface ReplyForm {
  event(name: string | undefined, value: JsonObject): EventMeaning;
  /** A reply in one piece; returns the error that stands in place of an answer. */
  whole(value: JsonValue): ErrorWords | undefined;
  /** Events whose data is too long to be read end the stream where they have one of these names. */
  readonly endNames: ReadonlySet<string>;
  /** What has been said ends as the protocol wants it, but for its last mark. */
  readonly isFinished: boolean;
}
