import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { withoutLinks } from '../../src/ui/output/withoutLinks.ts';

/** By which VS Code finds the links of a notification. */
const LINK = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)(?: (["'])(.+?)(\3))?\)/i;

describe('texts of notifications', () => {
  for (const text of [
    'slow · [gpt](command:workbench.action.quit): p95',
    '[[a]](https://x.example/) [b](file:///etc/passwd "title")',
    '[a](command:x)[b](command:y)',
  ])
    it(`offer nothing to click on: ${text}`, () => {
      assert.match(text, LINK);
      assert.doesNotMatch(withoutLinks(text), LINK);
      assert.equal(withoutLinks(text).replaceAll('\u2060', ''), text);
    });
});
