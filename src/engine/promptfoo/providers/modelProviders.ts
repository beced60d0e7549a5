import { defined } from '../../model/defined.ts';
import { isJsonObject, type JsonObject } from '../../model/json.ts';
import type { SourceLocation } from '../../model/location.ts';
import type { ProviderConfig } from '../../models/modelProvider.ts';
import { BUILT_IN_PROVIDER, builtInProvider } from '../../suites/config/builtInProvider.ts';
import type { ForeignJudge } from '../../suites/config/suiteConfig.ts';
import { renderId, withEnvironment } from '../config/environmentTemplates.ts';
import { type PromptfooReader, warn } from '../config/promptfooReader.ts';
import { foreignJudge } from '../targets/foreignJudge.ts';
import { azureBaseUrl, azureKey } from './azure.ts';
import type { PromptfooProvider } from './promptfooProvider.ts';
import { modelOf } from './vendors.ts';

/** Gathers the servers that the models of a configuration need, each under a name of its own. */
export class ModelProviders {
  readonly providers: Record<string, ProviderConfig>;
  /** Judges that are no models, by the reference under which they are asked. */
  readonly judges: Record<string, ForeignJudge> = {};
  readonly #judgeProviders = new Map<string, PromptfooProvider>();
  readonly #reader: PromptfooReader;

  constructor(reader: PromptfooReader) {
    this.#reader = reader;
    this.providers = { [BUILT_IN_PROVIDER]: builtInProvider(reader.environment) };
  }

  /** The model as `provider/model`, for promptfoo's `openai:chat:gpt-4o`; undefined for what is no such model. */
  reference(
    written: string,
    options: JsonObject,
    location: SourceLocation,
    wanted: 'chat' | 'embedding' = 'chat',
  ): string | undefined {
    const id = renderId(written, this.#reader);
    const filled = withEnvironment(options, this.#reader.env);
    const config = isJsonObject(filled) ? filled : {};
    const found = modelOf(id, wanted);
    if (!found) return undefined;
    const { vendor, model, known } = found;
    const provider =
      vendor === 'azure'
        ? this.#azure(config, location)
        : this.#providerOf(vendor, known?.baseUrl, known?.key, config, location);
    if (provider === undefined) return undefined;
    const prices = pricesOf(config, model);
    if (prices) provider.prices = { ...provider.prices, ...prices };
    return `${this.#register(vendor, provider)}/${model}`;
  }

  /** The reference, e.g. `program/judge.mjs`, of a judge that is a program, an HTTP provider, or not supported and says so when it is asked. */
  judge(provider: PromptfooProvider): string {
    const base = `program/${provider.id.replace(/^(?:python:)?(?:file:\/\/)?/, '')}`;
    const { location: _place, ...wanted } = provider;
    for (let count = 1; ; count++) {
      const reference = count === 1 ? base : `${base} ${count}`;
      const known = this.#judgeProviders.get(reference);
      if (known === undefined) {
        this.#judgeProviders.set(reference, provider);
        this.judges[reference] = foreignJudge(provider);
      } else {
        const { location: _known, ...other } = known;
        if (JSON.stringify(other) !== JSON.stringify(wanted)) continue;
      }
      return reference;
    }
  }

  /** Undefined where neither the file nor the environment names the resource. */
  #azure(config: JsonObject, location: SourceLocation): ProviderConfig | undefined {
    const { environment, env } = this.#reader;
    const baseUrl = azureBaseUrl(config, { get: (name) => env[name] ?? environment.get(name) });
    if (baseUrl === undefined) return undefined;
    const apiKey = this.#keyOf(config, location) ?? azureKey(baseUrl, environment);
    return { baseUrl, ...defined({ apiKey }), location };
  }

  #providerOf(
    vendor: string,
    knownUrl: string | undefined,
    knownKey: string | undefined,
    config: JsonObject,
    location: SourceLocation,
  ): ProviderConfig {
    const own = text(config['apiBaseUrl']) ?? hostUrl(text(config['apiHost']));
    const builtIn = vendor === 'openai' ? builtInProvider(this.#reader.environment) : undefined;
    const baseUrl = own ?? knownUrl ?? builtIn?.baseUrl ?? '';
    const key =
      this.#keyOf(config, location) ??
      (own === undefined ? (builtIn?.apiKey ?? reference(knownKey)) : undefined);
    if (own !== undefined && key === undefined && builtIn?.apiKey !== undefined) {
      warn(this.#reader, location, {
        code: 'promptfoo-key',
        message: `no key is sent to ${own}: OPENAI_API_KEY belongs to OpenAI`,
        remedy: 'If that server needs a key, name its variable with apiKeyEnvar.',
      });
    }

    const headers = Object.entries(Object(config['headers'])).map(([name, value]) => [name, String(value)]);
    return {
      baseUrl,
      ...defined({ apiKey: key }),
      ...(headers.length === 0 ? {} : { headers: Object.fromEntries(headers) }),
      location,
    };
  }

  #keyOf(config: JsonObject, location: SourceLocation): string | undefined {
    const variable = text(config['apiKeyEnvar']);
    if (variable !== undefined) {
      const own = this.#reader.env[variable];
      return own ?? reference(variable);
    }

    const given = text(config['apiKey']);
    // `${NAME}` and `env:NAME` can only mean the variable.
    const key = given?.replace(
      /^(?:\$\{([A-Za-z_]\w*)\}|env:([A-Za-z_]\w*))$/,
      (_, name, other) => `\${env:${name ?? other}}`,
    );

    if (key !== undefined && !key.includes('${env:')) {
      warn(this.#reader, location, {
        code: 'literal-key',
        message: 'the file holds a key',
        remedy: 'Put it into an environment variable and name that with apiKeyEnvar.',
      });
    }

    return key;
  }

  /** Equal servers share a name. */
  #register(vendor: string, provider: ProviderConfig): string {
    const { location: _place, prices, ...same } = provider;
    const wanted = JSON.stringify(same);
    for (let count = 1; ; count++) {
      const name = count === 1 ? vendor : `${vendor}-${count}`;
      const known = this.providers[name];
      if (known === undefined) {
        this.providers[name] = provider;
        return name;
      }
      const { location: _knownPlace, prices: knownPrices, ...other } = known;
      if (JSON.stringify(other) !== wanted) continue;
      if (prices) known.prices = { ...knownPrices, ...prices };
      return name;
    }
  }
}

function reference(variable: string | undefined): string | undefined {
  return variable === undefined ? undefined : `\${env:${variable}}`;
}

function hostUrl(host: string | undefined): string | undefined {
  return host === undefined ? undefined : `https://${host.replace(/^https?:\/\//, '')}/v1`;
}

/** promptfoo's prices are US dollars per token. */
function pricesOf(config: JsonObject, model: string): NonNullable<ProviderConfig['prices']> | undefined {
  const both = config['cost'];
  const input = config['inputCost'] ?? both;
  const output = config['outputCost'] ?? both;
  if (typeof input !== 'number' || typeof output !== 'number') return undefined;
  return { [model]: { input: input * 1e6, output: output * 1e6 } };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
