/** A piece of a file for a message: shortened, and without characters that could steer a terminal. */
export function excerpt(text: string, limit = 60): string {
  const short = text.length > limit ? `${text.slice(0, limit)}…` : text;
  return short.replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, '·');
}
