import schema1 from '../../../../media/schemas/golden-1.0.0.schema.json' with { type: 'json' };
import schema2 from '../../../../media/schemas/golden-2.0.0.schema.json' with { type: 'json' };
import type { JsonObject } from '../../model/json.ts';
import { configJsonSchema } from '../../suites/config/configSchema.ts';
import type { LanguageFile } from '../languageFile.ts';
import { SchemaNode } from './schemaNode.ts';

type SchemaName = 'config' | 'dataset-1' | 'dataset-2';

/** The JSON Schemas by which files complete and explain themselves; each is made when it is first asked for. */
export class FileSchemas {
  readonly #made = new Map<SchemaName, SchemaNode>();

  /** Undefined for files without a schema. */
  of(file: LanguageFile): SchemaNode | undefined {
    const name = nameOf(file);
    if (name === undefined) return undefined;
    const made = this.#made.get(name) ?? SchemaNode.of(load(name));
    this.#made.set(name, made);
    return made;
  }
}

function nameOf({ kind, text }: LanguageFile): SchemaName | undefined {
  if (kind === 'config') return 'config';
  if (kind !== 'dataset') return undefined;
  return /^[ \t{]*["']?schema_version["']?[ \t]*:[ \t]*["']?1\./m.test(text.slice(0, 4_096))
    ? 'dataset-1'
    : 'dataset-2';
}

function load(name: SchemaName): JsonObject {
  if (name === 'config') return configJsonSchema();
  return (name === 'dataset-1' ? schema1 : schema2) as JsonObject;
}
