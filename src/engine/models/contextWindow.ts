/**
 * Tokens that a model takes in at most, input and output together; undefined where it is not known. From
 * genai-prices (https://github.com/pydantic/genai-prices, prices/providers, OpenAI as of 2025-11, Anthropic as of
 * 2025-08). A window that a vendor has since widened, or that depends on the plan, is left out of the table.
 */
export function contextWindow(model: string): number | undefined {
  const name = model.slice(model.lastIndexOf('/') + 1).toLowerCase();
  return WINDOWS.find(([pattern]) => pattern.test(name))?.[1];
}

const WINDOWS: readonly (readonly [RegExp, number])[] = [
  [/^gpt-5(\.1)?(-(mini|nano|pro|codex|codex-mini|chat-latest))?(-\d{4}-\d\d-\d\d)?$/, 400_000],
  [/^gpt-4\.1(-(mini|nano))?(-\d{4}-\d\d-\d\d)?$/, 1_000_000],
  [/^(ft:)?gpt-4o(-mini)?(-\d{4}-\d\d-\d\d)?(:.*)?$/, 128_000],
  [/^gpt-4-turbo(-\d{4}-\d\d-\d\d)?$/, 128_000],
  [/^gpt-4(-0[36]1[34])?$/, 8192],
  [/^(ft:)?gpt-3\.5-turbo(-\d{4})?(:.*)?$/, 16_385],
  [/^claude-(3|opus-4|sonnet-4|haiku-4)(-[0157])?(-(haiku|sonnet|opus))?(-(\d{8}|latest))?$/, 200_000],
];
