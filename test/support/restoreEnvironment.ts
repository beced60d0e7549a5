/**
 * Gives the environment of this process back what it held. It must stay the same object: another one is not what the system, and
 * `os.tmpdir`, read.
 */
export function restoreEnvironment(before: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
}
