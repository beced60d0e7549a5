import { registerHooks } from 'node:module';

/** Texts in English, as the editor writes them where nothing is translated. */
const STUB = `
export const l10n = {
  t: (text, ...values) => text.replace(/\\{(\\d+)\\}/g, (_, at) => String(values[at])),
};
export const env = { language: 'en' };
`;

/** What imports `vscode` only for its texts can be loaded after this, without an editor. */
export function stubEditor(): void {
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === 'vscode'
        ? { url: `data:text/javascript,${encodeURIComponent(STUB)}`, shortCircuit: true }
        : next(specifier, context),
  });
}
