import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import { commandIds, contextIds, settingIds, viewIds } from '../../src/ui/ids.ts';

interface Manifest {
  contributes: {
    commands: { command: string; title: string }[];
    menus?: { [menu: string]: { command?: string; when?: string }[] };
    configuration: { properties: { [id: string]: { type: string; enum?: string[]; scope?: string } } };
    views?: { [container: string]: { id: string; when?: string }[] };
    viewsWelcome?: { view: string; when?: string }[];
    keybindings?: { command: string; when?: string }[];
  };
  capabilities: { untrustedWorkspaces: { restrictedConfigurations: string[] } };
}

/** The manifest as the editor reads it, its texts filled in. */
function manifest(): Manifest {
  const extension = vscode.extensions.getExtension('touchstone.touchstone');
  return extension?.packageJSON as Manifest;
}

describe('manifest', () => {
  it('and ids.ts name the same commands, settings and views', () => {
    const { commands, configuration, views = {} } = manifest().contributes;
    const sorted = (ids: readonly string[]) => ids.toSorted();
    assert.deepEqual(sorted(commands.map(({ command }) => command)), sorted(commandIds));
    assert.deepEqual(sorted(Object.keys(configuration.properties)), sorted(settingIds));
    const viewsThere = Object.values(views).flatMap((list) => list.map(({ id }) => id));
    assert.deepEqual(sorted(viewsThere), sorted(viewIds));
  });

  it('names no command and no context in a menu that does not exist', () => {
    const { menus = {}, views = {}, viewsWelcome = [], keybindings = [] } = manifest().contributes;
    const entries = [
      ...Object.values(menus).flat(),
      ...keybindings,
      ...viewsWelcome,
      ...Object.values(views).flat(),
    ];
    const known = new Set<string>(commandIds);
    const wrong = entries.filter((entry) => 'command' in entry && entry.command && !known.has(entry.command));
    assert.deepEqual(wrong, []);
    const contexts = new Set<string>([...contextIds, ...viewIds]);
    const used = entries.flatMap(({ when = '' }) =>
      [...when.matchAll(/touchstone\.[\w.]+/g)].map(([name]) => name),
    );
    assert.deepEqual(
      used.filter((name) => !contexts.has(name)),
      [],
    );
  });

  it('has a text for every command and setting', () => {
    const { commands, configuration } = manifest().contributes;
    const texts = [...commands.map(({ title }) => title), JSON.stringify(configuration)];
    for (const text of texts) assert.doesNotMatch(text, /"?%[\w.]+%/);
  });

  it('restricts every setting that decides what runs or where data goes', () => {
    const { restrictedConfigurations } = manifest().capabilities.untrustedWorkspaces;
    const { properties } = manifest().contributes.configuration;
    const free = Object.entries(properties).filter(
      ([, { type, enum: choices, scope }]) => type === 'string' && !choices && scope !== 'machine',
    );
    const sensitive = [...free.map(([id]) => id), 'touchstone.allowScripts'];
    assert.deepEqual(
      sensitive.filter((id) => !restrictedConfigurations.includes(id)),
      [],
    );
    assert.deepEqual(
      restrictedConfigurations.filter((id) => !(id in properties)),
      [],
    );
  });
});
