/** The judge of a GitHub Models prompt file brings its own question, and mostly its own system text. */
export const choiceSystem = `You judge the output of a program by the question you are given.`;

export function choiceForm(choices: readonly string[]): string {
  const list = choices.map((choice) => JSON.stringify(choice)).join(', ');
  return `Whatever form the question asks for, answer with one JSON object and nothing else: {"reason": "<one to three sentences>", "choice": one of ${list}}`;
}
