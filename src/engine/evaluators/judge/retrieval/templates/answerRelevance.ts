import type { JudgeTemplate } from '../../judgeMessages.ts';
import { TEXT_FORM, TEXT_SYSTEM } from './plainText.ts';

/** The text of promptfoo (MIT), which has it from Ragas (Es et al., 2023; Apache-2.0): the question that an answer answers. */
export const answerRelevanceTemplate: JudgeTemplate = {
  system: TEXT_SYSTEM,
  user: `Generate question for the given answer.
Answer:
The PSLV-C56 mission is scheduled to be launched on Sunday, 30 July 2023 at 06:30 IST / 01:00 UTC. It will be launched from the Satish Dhawan Space Centre, Sriharikota, Andhra Pradesh, India
Question: When is the scheduled launch date and time for the PSLV-C56 mission, and where will it be launched from?

Answer:{{answer}}
Question:`,
  form: TEXT_FORM,
};
