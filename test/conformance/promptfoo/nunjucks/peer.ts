import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { JsonObject } from '../../../../src/engine/model/json.ts';
import { PEER_PACKAGES } from '../peer.ts';

const PACKAGE = path.join(PEER_PACKAGES, 'nunjucks');

interface Nunjucks {
  configure(options: { autoescape: boolean }): {
    addFilter(name: string, filter: (value: string) => unknown): void;
    renderString(template: string, variables: JsonObject): string;
  };
}

/** Whether the package nunjucks is installed, as a dependency of promptfoo in .peers/promptfoo. */
export function hasNunjucks(): boolean {
  return existsSync(path.join(PACKAGE, 'package.json'));
}

/** What Nunjucks itself makes of each template, set up as promptfoo does; null where it throws. */
export function renderAll(templates: readonly string[], variables: JsonObject): (string | null)[] {
  const nunjucks: Nunjucks = createRequire(import.meta.url)(PACKAGE);
  const environment = nunjucks.configure({ autoescape: false });
  environment.addFilter('load', (text) => JSON.parse(text));
  return templates.map((template) => {
    try {
      return environment.renderString(template, structuredClone(variables));
    } catch {
      return null;
    }
  });
}
