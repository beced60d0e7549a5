/**
 * Text for a notification, in which VS Code makes links of `[text](command:…)`: what comes from files, traces and servers must not offer
 * a command to click on. An invisible character that joins words stands between the two, so that it reads as it was written.
 */
export function withoutLinks(text: string): string {
  return text.replaceAll('](', ']\u2060(');
}
