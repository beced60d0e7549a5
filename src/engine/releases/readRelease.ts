import type { z } from 'zod';
import { ReleaseError, UserError } from '../errors.ts';
import { resolveInside } from '../files/confine.ts';
import type { SourceDocument } from '../files/formats/document.ts';
import { parseYaml } from '../files/formats/parseYaml.ts';
import { readText } from '../files/readText.ts';
import { releaseNames } from '../files/releaseNames.ts';
import { statPath } from '../files/statPath.ts';
import { isReleaseName, releaseFile } from '../model/releaseFile.ts';
import { digestsOf, RELEASE_PARTS, type Release, type ReleasePart } from './release.ts';
import { fromFile, releaseSchema } from './releaseSchema.ts';

/**
 * The release of a workspace by its name. Throws ReleaseError where there is none, and for a file that was changed since it was created:
 * its digests say which part. Throws FileError for a file that cannot be read.
 */
export function readRelease(root: string, name: string): Release {
  const file = releaseFile(checkedName(name));
  const absolute = resolveInside(root, file, { path: file });
  if (!statPath(absolute, file))
    throw new ReleaseError(`there is no release "${name}"`, {
      where: { path: file },
      remedy: remedyFor(releaseNames(root)),
    });
  return parseRelease(readText(absolute, file), name);
}

/** The same of a file's text. */
export function parseRelease(text: string, name: string): Release {
  const file = releaseFile(name);
  const document = parseYaml(text, file);
  const { data, error } = releaseSchema.safeParse(document.value);
  if (!data) {
    const [issue] = error.issues;
    const pointer = (issue?.path ?? []).map((key) => (typeof key === 'number' ? key : String(key)));
    throw new ReleaseError(`this is not a release as it was created: ${whatIsWrong(pointer, issue)}`, {
      where: document.locate(pointer),
      remedy: REMEDY,
    });
  }

  const { release, digests } = fromFile(data);
  if (data.name !== name)
    throw new ReleaseError(`the file is the release "${data.name}", not "${name}"`, {
      where: document.locate(['name']),
      remedy: 'Give the file its name back, or create a new release.',
    });
  const found = digestsOf(release);
  const changed = RELEASE_PARTS.filter((part) => found[part] !== digests[part]);
  if (changed.length > 0 || found.content !== digests.content) throw changedError(document, changed);
  return release;
}

/** A release, or why it cannot be used. */
export type ListedRelease = { name: string } & ({ release: Release } | { error: UserError });

/** All releases of a workspace, by name. */
export function listReleases(root: string): ListedRelease[] {
  return releaseNames(root).map((name) => {
    try {
      return { name, release: readRelease(root, name) };
    } catch (error) {
      if (error instanceof UserError) return { name, error };
      throw error;
    }
  });
}

/** Throws ReleaseError for what cannot be the name of a release. */
export function checkedName(name: string): string {
  if (isReleaseName(name)) return name;
  throw new ReleaseError(`"${name.slice(0, 60)}" cannot be the name of a release`, {
    remedy: 'Use up to 100 letters, digits, ".", "_" and "-", beginning with a letter or digit.',
  });
}

const REMEDY = 'Restore the file, for example with git, or create a release under another name.';

function remedyFor(names: readonly string[]): string {
  return names.length === 0
    ? 'Create it with `touchstone release create`.'
    : `Choose from: ${names.join(', ')}.`;
}

function whatIsWrong(pointer: readonly (string | number)[], issue: z.core.$ZodIssue | undefined): string {
  if (issue?.code === 'unrecognized_keys')
    return `${issue.keys.map((key) => `"${key}"`).join(', ')} cannot stand in ${pointer.join('.') || 'it'}`;
  return `${pointer.join('.') || 'the file'} is missing, or has another form`;
}

const WORDS: { readonly [part in ReleasePart]: string } = {
  prompt: 'the prompt',
  model: 'the model',
  parameters: 'the parameters',
  tools: 'the tools',
  response_format: 'the response format',
  origin: 'the name, the source of the prompt or the approval',
};

/** At the first part that was changed. */
function changedError(document: SourceDocument, changed: readonly ReleasePart[]): ReleaseError {
  const [first] = changed;
  const what = changed.map((part) => WORDS[part]).join(', ');
  return new ReleaseError(`changed since the release was created: ${what || 'the digest'}`, {
    where: document.locateKey(first === undefined || first === 'origin' ? ['digest'] : [first]),
    remedy: REMEDY,
  });
}
