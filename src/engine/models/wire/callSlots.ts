import { parseUntrustedJson } from '../../files/formats/untrustedJson.ts';
import { beyondMeasure, type Fields, fieldsAt, malformed, textAt } from './replyFields.ts';
import type { ReplyPart } from './replyPart.ts';

type CallPart = Extract<ReplyPart, { type: 'tool-call' }>;

interface Slot {
  id: string | undefined;
  name: string;
  text: string;
  /** The number that the provider gives it. */
  index: number | undefined;
}

const MAX_CALLS = 1000;

/** Finds out which tool call a fragment belongs to, whatever a server makes of indices and ids. */
export class CallSlots {
  readonly #slots: Slot[] = [];

  /**
   * A fragment of a stream. The first one of a call has its id and name, the later ones only more of its arguments. Some
   * servers omit the index and send whole calls; a new id then opens a new call.
   */
  add(fragment: Fields, at: string): CallPart {
    const id = textAt(fragment['id'], `${at}.id`) || undefined;
    const place = `${at}.function`;
    const given = fieldsAt(fragment['function'] ?? {}, place);
    const name = textAt(given['name'], `${place}.name`) || undefined;
    const index = indexOf(fragment, at);
    const text = textAt(given['arguments'], `${place}.arguments`) ?? '';

    const slot = this.#open({ index, id, name }) ?? this.#newSlot({ id, name: '', text: '', index });
    slot.id = id ?? slot.id;
    slot.name = name ?? slot.name;
    slot.text += text;
    return { type: 'tool-call', index: this.#slots.indexOf(slot), id, name, arguments: text };
  }

  /** A call of a reply that came in one piece. */
  addWhole(call: Fields, at: string): CallPart {
    const custom = call['type'] === 'custom';
    const place = `${at}.${custom ? 'custom' : 'function'}`;
    const given = fieldsAt(custom ? call['custom'] : call['function'], place);
    const argument = custom ? 'input' : 'arguments';
    const id = textAt(call['id'], `${at}.id`);
    const name = textAt(given['name'], `${place}.name`) ?? '';
    const text = textAt(given[argument], `${place}.${argument}`) ?? '';

    const slot = this.#newSlot({ id, name, text, index: undefined });
    return { type: 'tool-call', index: this.#slots.indexOf(slot), id, name, arguments: text };
  }

  /**
   * The call that a fragment continues: the last of its index, else of its id, else the last. Not where the fragment has
   * a name and another id, or no id while the call is whole: some servers give every call the index 0.
   */
  #open({
    index,
    id,
    name,
  }: {
    index: number | undefined;
    id: string | undefined;
    name: string | undefined;
  }) {
    if (index === undefined && id !== undefined) return this.#slots.find((slot) => slot.id === id);

    const slot =
      index === undefined ? this.#slots.at(-1) : this.#slots.findLast((one) => one.index === index);
    if (slot === undefined || name === undefined || slot.name === '') return slot;
    const isOther = id === undefined ? isWhole(slot.text) : slot.id !== undefined && slot.id !== id;
    return isOther ? undefined : slot;
  }

  #newSlot(slot: Slot): Slot {
    if (this.#slots.length >= MAX_CALLS)
      throw beyondMeasure(`the reply holds more than ${MAX_CALLS} tool calls`);
    this.#slots.push(slot);
    return slot;
  }
}

function isWhole(text: string): boolean {
  try {
    parseUntrustedJson(text);
    return true;
  } catch {
    return false;
  }
}

function indexOf({ index }: Fields, at: string): number | undefined {
  if (index === undefined || index === null) return undefined;
  if (typeof index === 'number' && Number.isFinite(index)) return Math.max(0, Math.trunc(index));
  throw malformed(`${at}.index`, index, 'a number');
}
