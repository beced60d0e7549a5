import { ConfigError } from '../../errors.ts';
import type { SuiteConfig } from '../../suites/config/suiteConfig.ts';
import type { Workspace } from '../../suites/loadWorkspace.ts';

/** The suite of that name. Throws ConfigError where there is none. */
export function findSuite(
  { config, configPath }: Pick<Workspace, 'config' | 'configPath'>,
  name: string,
): SuiteConfig {
  const suite = config.suites.find((candidate) => candidate.name === name);
  if (suite) return suite;

  throw new ConfigError(`there is no suite ${name}`, {
    ...(configPath === null ? {} : { where: { path: configPath } }),
    remedy: `Choose one of: ${config.suites.map((candidate) => candidate.name).join(', ') || '(none)'}`,
  });
}
