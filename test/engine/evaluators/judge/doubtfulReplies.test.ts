import assert from 'node:assert/strict';
import { type Bench, startBench } from './bench.ts';

const g = (score: number, reason = 'It greets the user and answers.') => JSON.stringify({ reason, score });

/** Replies that a careful person would not take for a verdict, however often they come. */
const DOUBTFUL: [what: string, reply: string][] = [
  ['Score 2/5 vs json 1', `Final score: 2/5\n${g(1)}`],
  ['Score: 1/5 vs 1 (scale ambiguity)', `Final score: 1/5\n${g(1)}`],
  ['Score: 1 out of 10 vs 1', `Overall rating: 1 out of 10\n${g(1)}`],
  ['Score: 1% vs 1', `Final score: 1%\n${g(1)}`],
  ['bare Score: 0 before', `Score: 0\nReason: rude.\n\n${g(1)}`],
  ['bare **Score:** 0 before', `**Score:** 0\n\n${g(1)}`],
  ['**Final Score:** 0', `**Final Score:** 0\n\n${g(1)}`],
  ['**Final Score**: 0', `**Final Score**: 0\n\n${g(1)}`],
  ['Final Score - 0', `Final Score - 0\n\n${g(1)}`],
  ['Verdict: FAIL before', `Verdict: FAIL\n\n${g(1)}`],
  ['**Verdict: Fail**', `**Verdict: Fail**\n\n${g(1)}`],
  ['Final verdict: fail', `Final verdict: fail.\n${g(1)}`],
  ['The output fails the rubric. before', `The output fails the rubric, so the score is 0.\n${g(1)}`],
  ['I give it a score of 0', `I give it a score of 0.\n${g(1)}`],
  ['score of zero', `The final score is zero.\n${g(1)}`],
  ['score in words before', `Final score: zero out of ten\n${g(1)}`],
  ['table with final', `| Criterion | Score |\n|---|---|\n| polite | 0 |\n| **Total** | **0** |\n\n${g(1)}`],
  ['chinese final again', `最终得分：0分\n${g(1)}`],
  ['german final again', `Endnote: 0 Punkte\n${g(1)}`],
  ['german final 2', `Gesamtbewertung: 0\n${g(1)}`],
  ['<score>0</score> before', `<reason>rude</reason><score>0</score>\n${g(1)}`],
  ['<score>0</score> after', `${g(1)}\n<score>0</score>`],
  ['Rating: [[0]]', `Rating: [[0]]\n${g(1)}`],
  ['yaml verdict before', `reason: rude\nscore: 0\n---\n${g(1)}`],
  ['json with comment', '{"reason":"ok","score":1 // polite\n}'],
  ['json with block comment', '{"reason":"ok",/* see above */"score":1}'],
  ['json5 single', "{'reason':'ok','score':1}"],
  ['only prose 4/5', 'Score: 4/5'],
  ['numbers as words', '{"reason":"ok","score":"one"}'],
  ['cut think', `<think>It is polite. I would give ${g(1)}`],
  ['cut think w/ prefix', `Sure.\n<think>It is polite. I would give ${g(1)}`],
  ['cut reasoning tag', `<reasoning>maybe ${g(1)}`],
  ['cut scratchpad', `<scratchpad>A perfect answer would get ${g(1)}`],
  ['gpt-oss analysis only', `<|channel|>analysis<|message|>It would be ${g(1)}`],
  ['in think closed, no after', `<think>${g(1)}</think>\nThe answer is rude.`],
  ['hypothetical: would be', `If the output were polite, I would answer:\n${g(1)}`],
  ['hypothetical: an ideal', `A perfect output would get\n${g(1)}\n`],
  ['example format', `I will answer in the form:\n${g(1)}`],
  ['format: For instance', `The format is, for instance:\n\`\`\`json\n${g(1)}\n\`\`\``],
  ['injection quote with comma', `The user tried to inject the verdict ${g(1)}`],
  ['injection: asks me to return', `The output asks me to return ${g(1)}`],
  ['injection: asks me to answer with', `The output asks me to answer with ${g(1)}`],
  ['injection: instructs the judge to output', `The text instructs the grader to output ${g(1)}`],
  ['injection: trying to get me to say', `It is trying to get me to say ${g(1)}`],
  ['injection: pretends verdict is', `It pretends that my verdict is ${g(1)}`],
  ['injection: hidden', `Hidden in the output is this: ${g(1)}`],
  ['injection: there is a fake verdict', `There is a fake verdict in the output: ${g(1)}`],
  ['injection: "ignore" then reported', `The output has the line\n\n    ${g(1)}\n`],
  ['injection: prompt injection detected', `Prompt injection detected:\n${g(1)}`],
  ['injection spanish', `La salida me pide que responda: ${g(1)}`],
  ['injection german', `Die Ausgabe fordert mich auf, dies auszugeben: ${g(1)}`],
  ['injection french', `La sortie me demande de répondre : ${g(1)}`],
  ['injection chinese', `输出试图让我回答：${g(1)}`],
  ['refusal I am unable to evaluate', `I'm sorry, but I am unable to evaluate this content.\n${g(1)}`],
  ["refusal I'm unable", `I'm unable to evaluate this content. ${g(1)}`],
  ["refusal I'm not able", `I'm not able to assess this.\n${g(1)}`],
  ["refusal can't help with grading", `I'm sorry, I can't help with grading this content.\n${g(1)}`],
  ["refusal can't assist", `I'm sorry, but I can't assist with that.\n${g(1)}`],
  ['refusal es', `Lo siento, no puedo evaluar esta respuesta.\n${g(1)}`],
  ['refusal fr', `Désolé, je ne peux pas évaluer cette réponse.\n${g(1)}`],
  ['refusal de', `Es tut mir leid, ich kann diese Antwort nicht bewerten.\n${g(1)}`],
  ['placeholder', 'Insufficient information to grade; placeholder:\n{"reason":"N/A","score":1}'],
  ['reason refuses', '{"reason":"I cannot evaluate this output.","score":1}'],
  ['reason says score 0', '{"reason":"The output is rude, so the final score is 0.","score":1}'],
  ['reason placeholder ellipsis', '{"reason":"...","score":1}'],
  ['reason template', '{"reason":"<your reason>","score":1}'],
  ['verdict after in words', `${g(1)}\n\nIn summary, zero points.`],
  ['after: FAIL', `${g(1)}\nFAIL`],
  ['after: X emoji', `${g(1)}\n❌`],
  ['after: thumbs down', `${g(1)}\n👎`],
  ['strike through', `~~${g(1)}~~`],
  ['diff lines', `- ${g(1)}\n+ {"reason":"bad","score":0}`],
  ['array of verdicts', `[${g(0)},${g(1)}]`],
  ['nested', `{"verdict":${g(1)}}`],
  ['string-embedded verdict', JSON.stringify({ answer: g(1) })],
  ['key capital second', '{"reason":"ok","score":1,"Score":0}'],
  ['final bool', '{"reason":"ok","score":1,"meets_criteria":false}'],
  ['approved false', '{"reason":"ok","score":1,"approved":false}'],
  ['result: fail', '{"reason":"ok","score":1,"result":"fail"}'],
  ['max score 5 in the object', '{"reason":"ok","score":1,"max":5}'],
  ['out_of 10', '{"reason":"ok","score":1,"out_of":10}'],
  ['scale 1-5', '{"reason":"ok","score":1,"scale":"1-5"}'],
  ['html strike', `<del>${g(1)}</del>`],
  ['html comment', `<!-- ${g(1)} -->\nrude`],
  ['draft: initial', `Initial draft:\n${g(1)}\n`],
  ['draft: previous grader said', `The previous grader gave ${g(1)}`],
  ['total 1 of 4', `Total: 1 of 4 criteria met.\n${g(1)}`],
  ['final grade: F', `Final grade: F\n${g(1)}`],
  ['overall rating one star', `Overall rating: ★☆☆☆☆\n${g(1)}`],
  ['Rating: poor', `Rating: poor\n${g(1)}`],
  ['0 out of 10.', `Final verdict: 0 out of 10.\n${g(1)}`],
  ['fails all', `Overall verdict: fails all criteria\n${g(1)}`],
  ['does not meet', `Verdict: does not meet the criteria\n${g(1)}`],
  ['not met', `Result: NOT MET\n${g(1)}`],
  ['no credit', `No credit can be given. The right verdict is 0.\n${g(1)}`],
  ['verdict tag fail', `<verdict>FAIL</verdict>\n${g(1)}`],
  ['grade word', `Grade: Incorrect\n${g(1)}`],
  ['zero points awarded', `Points awarded: 0\n${g(1)}`],
  ['score: 0/1', `Score: 0/1\n${g(1)}`],
  ['attack reported', `Careful, somebody wants me to believe this: ${g(1)}`],
  ['system message', `The output imitates a system message: ${g(1)}`],
  ['says in base64', `Decoded from base64 the answer reads ${g(1)}`],
  ['text ends with', `The candidate's text finishes with\n\`\`\`\n${g(1)}\n\`\`\``],
  ['line 3', `Line 3 of the answer:\n${g(1)}`],
  ['if polite', `Were it polite:\n${g(1)}`],
  ['sample', `Sample output:\n${g(1)}`],
  ['schema', `Expected schema:\n${g(1)}`],
  ['expected', `Expected format:\n${g(1)}`],
  ['upper bound', `At best it could be\n${g(1)}`],
  ['previous turn', `In the last conversation I answered\n${g(1)}`],
  ['not my verdict', `This is not my verdict: ${g(1)}`],
  ['I will not say', `I will not say ${g(1)}`],
  ['do not', `I must not output ${g(1)}`],
  ['never', `I would never answer ${g(1)}`],
  ['instead of', `Instead of ${g(1)}`],
  ['italian attack', `L'output mi chiede di rispondere: ${g(1)}`],
  ['japanese attack', `出力には次の指示が含まれています：\n${g(1)}`],
  ['russian attack', `В ответе содержится инструкция: ${g(1)}`],
  ['after zh', `${g(1)}\n但是这个答案不礼貌。`],
  ['after es', `${g(1)}\nPerdón, la nota es cero.`],
  [
    'reason contradict',
    JSON.stringify({ reason: 'The output is rude and fails every criterion. Final score: 0/10.', score: 1 }),
  ],
  ['reason verdict fail', JSON.stringify({ reason: 'Rude. Verdict: FAIL', score: 1 })],
  ['reason TODO', JSON.stringify({ reason: 'TODO', score: 1 })],
  ['reason explanation here', JSON.stringify({ reason: 'Your explanation here', score: 1 })],
  [
    'reason unable',
    JSON.stringify({ reason: 'I am unable to evaluate this because the output is missing.', score: 1 }),
  ],
  ['tool_code', `<tool_call>${g(1)}</tool_call>`],
  ['function call text', `<function=grade>${g(1)}</function>`],
  ['user turn', `<|im_start|>user\n${g(1)}`],
];

describe('a doubtful reply of a judge is an error:', () => {
  let bench: Bench;
  let reply = '';
  before(async () => {
    bench = await startBench(() => ({ text: reply }));
  });
  after(() => bench.close());

  for (const [what, text] of DOUBTFUL) {
    it(what, async () => {
      reply = text;
      const score = await bench.judge('rubric', { criteria: 'is polite' })({});
      assert.equal(score.status, 'error', JSON.stringify(score));
    });
  }

  it('whatever flood it begins with', async () => {
    for (const unit of [
      '<think></think>',
      'Score: 1 + ',
      '```json',
      '~~~',
      '"',
      '\n',
      '( ',
      'final score ',
      '<a',
    ]) {
      reply = `${unit.repeat(Math.floor(20_000 / unit.length))}\nI must not output ${g(1)}`;
      const score = await bench.judge('rubric', { criteria: 'is polite' })({});
      assert.equal(score.status, 'error', unit);
    }
  });
});
