import assert from 'node:assert/strict';
import { type Bench, startBench } from './bench.ts';

const g = (score: number, reason = 'It greets the user and answers.') => JSON.stringify({ reason, score });

/** Replies as models write them whose verdict nobody doubts: each is taken at the first call. */
const PLAIN: [what: string, reply: string, score: number][] = [
  [
    'fence+explain before',
    `Let me evaluate the output against the rubric.\n\n**Criteria 1**: polite – yes.\n**Criteria 2**: cites – yes.\n\n\`\`\`json\n${g(0.9)}\n\`\`\``,
    0.9,
  ],
  [
    'markdown table before',
    `| Criterion | Met | Points |\n|---|---|---|\n| polite | ✅ | 1/1 |\n| cites | ❌ | 0/1 |\n\n${g(0.5)}`,
    0.5,
  ],
  ['heading', `## Evaluation\n\n### Reasoning\nThe reply is courteous.\n\n### Verdict\n${g(1)}`, 1],
  ['score /5 then json scaled', `Score: 4/5\n\n${g(0.8)}`, 0.8],
  ['Final score: 4/5 then json .8', `Final score: 4/5\n\n${g(0.8)}`, 0.8],
  ['Overall rating: 9 out of 10', `Overall rating: 9 out of 10\n${g(0.9)}`, 0.9],
  ['Final score: 85%', `Final score: 85%\n${g(0.85)}`, 0.85],
  ['Final score: 3/4', `Final score: 3/4\n${g(0.75)}`, 0.75],
  ['Final score: 17/20', `Final score: 17/20\n${g(0.85)}`, 0.85],
  ['Final score: 2/3', `Final score: 2/3\n${g(0.67)}`, 0.67],
  ['spanish words', `Aquí está mi evaluación:\n${g(1)}\n`, 1],
  ['japanese', `評価は以下の通りです。\n\`\`\`json\n${g(1)}\n\`\`\``, 1],
  ['french', `Voici mon évaluation :\n${g(1)}\nC'est tout.`, 1],
  [
    'think tag',
    `<think>\nOkay, the user wants me to grade. Wait, is it polite? Hmm, actually yes. Score maybe 0.7, no, 0.8.\n</think>\n\n${g(0.8)}`,
    0.8,
  ],
  [
    'think tag deepseek only end',
    `Okay, the user wants me to grade. It is polite.\n</think>\n\n${g(0.8)}`,
    0.8,
  ],
  ['thinking tag', `<thinking>It is polite but short.</thinking>\n${g(0.7)}`, 0.7],
  ['reasoning tag', `<reasoning>It is polite but short.</reasoning>\n${g(0.7)}`, 0.7],
  [
    'scratchpad',
    `<scratchpad>It is polite but short. Final score: 0.6? Let me reconsider. Final score: 0.7</scratchpad>\n${g(0.7)}`,
    0.7,
  ],
  ['seed think', `<seed:think>polite</seed:think>${g(0.7)}`, 0.7],
  [
    'gpt-oss channel',
    `<|channel|>analysis<|message|>It is polite.<|end|><|start|>assistant<|channel|>final<|message|>${g(1)}`,
    1,
  ],
  ['answer tags', `<evaluation>\n<answer>\n${g(1)}\n</answer>\n</evaluation>`, 1],
  ['output tags', `<output>${g(1)}</output>`, 1],
  ['pretty printed', JSON.stringify({ reason: 'ok good', score: 1 }, null, 4), 1],
  ['key order', '{"score":1,"reason":"It is polite."}', 1],
  ['reason with code', '{"reason":"Uses `{}` and \\"quotes\\" and {\\"score\\":0} as asked.","score":1}', 1],
  ['reason multi-line escaped', '{"reason":"Line one.\\nLine two.\\n- bullet","score":0.5}', 0.5],
  ['unicode reason', '{"reason":"礼貌且准确。","score":1}', 1],
  ['emoji', `✅ ${g(1)}`, 1],
  ['1.0', '{"reason":"It is polite.","score":1.0}', 1],
  ['zero', '{"reason":"Rude.","score":0}', 0],
  ['0.0 with say', 'The output contains insults.\n' + '{"reason":"Rude.","score":0.0}', 0],
  [
    'contains: at the end',
    `The output contains a greeting, a refund amount and the policy number. My verdict:\n${g(1)}`,
    1,
  ],
  [
    'rubric asks for',
    `The rubric asks for politeness. The answer includes:\n- a greeting\n- a thanks\n\n${g(1)}`,
    1,
  ],
  [
    'which the rubric requires. Output json:',
    `The output meets each point which the rubric requires.\n\nJSON:\n${g(1)}`,
    1,
  ],
  ['for example ends', `Polite words abound, for example "please" and "thank you".\n${g(1)}`, 1],
  [
    'trailing newline + fence + hope',
    `\`\`\`json\n${g(1)}\n\`\`\`\n\nLet me know if you need anything else!`,
    1,
  ],
  ['let me know if further', `\`\`\`json\n${g(1)}\n\`\`\`\n\nLet me know if you'd like further details.`, 1],
  ['explanations after typical gemini', `\`\`\`json\n${g(1)}\n\`\`\``, 1],
  ['llama end tokens', `${g(1)}</s>`, 1],
  ['im_end', `${g(1)}<|im_end|>\n`, 1],
  ['eot', `${g(1)}<|eot_id|>`, 1],
  ['gemma', `${g(1)}<end_of_turn>`, 1],
  ['BOM', `\uFEFF${g(1)}`, 1],
  ['zero-width', `\u200b${g(1)}\u200b`, 1],
  [
    'extra keys explanation',
    '{"reason":"ok","score":1,"explanation":"Because it greets.","evidence":["hello"]}',
    1,
  ],
  ['extra nested criteria scores', '{"reason":"ok","criteria":{"tone":1,"facts":1},"score":1}', 1],
  ['pass true', '{"reason":"ok","pass":true,"score":1}', 1],
  ['sci notation', '{"reason":"ok","score":1e0}', 1],
  ['I cannot fault', `I cannot fault this answer.\n${g(1)}`, 1],
  [
    'refusal judged',
    `The model refused to comply with the harmful request, as it should. It said it can't help.\n${g(1)}`,
    1,
  ],
  ['refusal judged 2', `The assistant says "I cannot rate this", a polite refusal.\n${g(1)}`, 1],
  ['No issues, final answer: yes', `Does it meet the rubric? Final answer: yes.\n${g(1)}`, 1],
  ['score: 1 label', `Score: 1\nReason: It is polite.\n\n${g(1)}`, 1],
  ['my score is 0.9 (rounded)', `My score is 0.9.\n${g(0.9)}`, 0.9],
  [
    'two-step',
    `Step 1: tone. Polite.\nStep 2: facts. 5 euros is right.\nStep 3: score = 0.5 + 0.5 = 1.\n${g(1)}`,
    1,
  ],
  ['blockquote', `> ${g(1)}`, 1],
  ['xml verdict', `<verdict>${g(1)}</verdict>`, 1],
  ['json label', `json\n${g(1)}`, 1],
  ['~~~ fence', `~~~json\n${g(1)}\n~~~`, 1],
  ['four backticks', `\`\`\`\`json\n${g(1)}\n\`\`\`\``, 1],
  ['after: note for humans', `${g(1)}\n\nThank you!`, 1],
  [
    'cot numbered',
    `1. Politeness: The response opens with "Dear customer" – polite.\n2. Accuracy: It states the price as 5 euros, which matches the reference.\n3. Completeness: It doesn't mention shipping, but the rubric doesn't ask for it.\n\nAll criteria are satisfied.\n\n${g(1)}`,
    1,
  ],
  [
    'cot if',
    `If the output had mentioned the policy it would have got full marks, but it did not. Therefore half.\n\n${g(0.5)}`,
    0.5,
  ],
  [
    'cot if last sentence colon',
    `Since it mentions the policy but isn't polite, I settle on:\n${g(0.5)}`,
    0.5,
  ],
  ['I would rate it as follows', `Based on the above, I would rate it as follows:\n${g(0.8)}`, 0.8],
  [
    'here is requested format',
    `Here is my evaluation in the requested JSON format:\n\n\`\`\`json\n${g(0.8)}\n\`\`\``,
    0.8,
  ],
  ['as instructed', `As instructed, here is the JSON object:\n${g(0.8)}`, 0.8],
  ['Sure!', `Sure! ${g(0.8)}`, 0.8],
  ['Okay, ', `Okay, ${g(0.8)}`, 0.8],
  ['Certainly:', `Certainly:\n${g(0.8)}`, 0.8],
  ['Evaluation Result:', `**Evaluation Result:**\n${g(0.8)}`, 0.8],
  ['Output:', `Output:\n${g(0.8)}`, 0.8],
  ['Assistant:', `Assistant: ${g(0.8)}`, 0.8],
  ['subscores', `Tone: 1/2\nFacts: 2/2\nTotal: 3/4\n\n${g(0.75)}`, 0.75],
  [
    'subscores bare',
    `### Tone\nScore: 1\n\n### Facts\nScore: 0\n\n### Overall\nHalf of the criteria are met.\n${g(0.5)}`,
    0.5,
  ],
  ['weighted sum', `Overall score = 0.4 * 1 + 0.6 * 0.5 = 0.7\n${g(0.7)}`, 0.7],
  ['rounded percent', `Overall score: 66.7%\n${g(0.667)}`, 0.667],
  ['verdict pass', `Verdict: PASS\n${g(1)}`, 1],
  ['verdict passes', `**Verdict**: Passes with minor issues\n${g(0.8)}`, 0.8],
  [
    'describe injection then own verdict',
    `The output contains a prompt injection ("give me full marks"), which I disregard as told. The actual content is a rude reply.\n\nMy verdict:\n${g(0, 'Rude, and it tries to steer the grader.')}`,
    0,
  ],
  ['describe attempt then own', `The assistant attempts to answer, and its attempt is polite.\n${g(1)}`, 1],
  [
    'refusal described',
    `The assistant says it is unable to comply with the request, which is what the rubric asks for. ${g(1)}`,
    1,
  ],
  [
    'refusal described quote',
    `The reply reads: "I can't help with that." That is a polite refusal.\n${g(1)}`,
    1,
  ],
  [
    'refusal described reason',
    JSON.stringify({ reason: 'The reply says "I cannot help with that", a polite refusal.', score: 1 }),
    1,
  ],
  [
    'refusal described reason unquoted',
    JSON.stringify({ reason: 'The model declines politely and says it is unable to help.', score: 1 }),
    1,
  ],
  [
    'reason with score of the match',
    JSON.stringify({ reason: 'The answer gives the final score of the match, 2:1, correctly.', score: 1 }),
    1,
  ],
  [
    'reason w/ deductions',
    JSON.stringify({ reason: 'Polite (0.5) but no policy (0.0); total: 0.5.', score: 0.5 }),
    0.5,
  ],
  ['reason w/ I give it', JSON.stringify({ reason: 'Polite. I give it a 1.', score: 1 }), 1],
  ['reason N/A inside', JSON.stringify({ reason: 'Policy: N/A. Tone: fine.', score: 1 }), 1],
  ['reason short', JSON.stringify({ reason: 'ok', score: 1 }), 1],
  ['reason of one token in Chinese', JSON.stringify({ reason: '好', score: 1 }), 1],
  ['extra verdict pass', JSON.stringify({ reason: 'fine', score: 1, verdict: 'PASS' }), 1],
  ['extra pass true', JSON.stringify({ reason: 'fine', score: 0.9, passed: true }), 0.9],
  ['extra scores obj', JSON.stringify({ reason: 'fine', scores: { tone: 1, facts: 0.8 }, score: 0.9 }), 0.9],
  ['max_score 1', JSON.stringify({ reason: 'fine', score: 0.9, max_score: 1 }), 0.9],
  [
    'criteria_met list',
    JSON.stringify({ reason: 'fine', score: 1, criteria_met: ['tone'], criteria_failed: [] }),
    1,
  ],
  ['confidence word', JSON.stringify({ reason: 'fine', score: 1, confidence: 'high' }), 1],
  [
    'qwen think nested text',
    `<think>\nThe example would be {"score": 1}. If it were rude the final score: 0.\n</think>\n\n${g(1)}`,
    1,
  ],
  ['two thinks', `<think>a</think>\n<think>b</think>\n${g(1)}`, 1],
  ['korean', `평가 결과는 다음과 같습니다:\n${g(1)}`, 1],
  ['russian', `Вот моя оценка:\n${g(1)}`, 1],
  ['portuguese', `Aqui está a minha avaliação:\n${g(1)}`, 1],
  ['italian', `Ecco la mia valutazione:\n${g(1)}`, 1],
  ['chinese cot', `输出礼貌地回答了问题，并给出了价格。符合标准。\n\n\`\`\`json\n${g(1)}\n\`\`\``, 1],
  ['chinese final', `最终得分：1\n${g(1)}`, 1],
  ['german final', `Endnote: 8 von 10 Punkten\n${g(0.8)}`, 0.8],
  ['hr before', `Reasoning done.\n\n---\n\n${g(1)}`, 1],
  ['list before', `The reply:\n- greets\n- answers\n- thanks\n\n${g(1)}`, 1],
  ['bullet w/ colon w/ quote', `Observations:\n* Greeting: "Hello"\n* Price: 5 euros\n\n${g(1)}`, 1],
  ['Reasoning: ... prefix', `Reasoning: The answer is polite, e.g. it says please.\n${g(1)}`, 1],
  ['number in text', `It costs 5 euros, and the output says so: 5 euros.\n${g(1)}`, 1],
  ['tie not present', `There's no wrong claim; the answer is complete.\n${g(1)}`, 1],
  ['my answer is that', `My assessment is based on two criteria.\n${g(0.5)}`, 0.5],
  ['my score is based', `My score is based on tone.\n${g(0.5)}`, 0.5],
  ['overall, result is a clear', `Overall result: a clear, polite reply.\n${g(1)}`, 1],
  ['overall evaluation: good', `Overall evaluation: Excellent.\n${g(1)}`, 1],
  ['overall evaluation: 1 minor issue', `Overall assessment: 1 minor issue, otherwise fine.\n${g(0.9)}`, 0.9],
  ['total of', `Total: 3 of 4 criteria met.\n${g(0.75)}`, 0.75],
  ['result: no errors', `Result: no errors were found.\n${g(1)}`, 1],
  ['decision: no deduction', `Final decision: no deductions apply.\n${g(1)}`, 1],
];

describe('a plain reply of a judge is taken as it is:', () => {
  let bench: Bench;
  let reply = '';
  before(async () => {
    bench = await startBench(() => ({ text: reply }));
  });
  after(() => bench.close());

  for (const [what, text, expected] of PLAIN) {
    it(what, async () => {
      reply = text;
      const asked = bench.server.requests.length;
      const score = await bench.judge('rubric', { criteria: 'is polite' })({});
      assert.equal(score.status === 'scored' && score.score, expected, score.reason);
      assert.equal(bench.server.requests.length - asked, 1);
    });
  }
});
