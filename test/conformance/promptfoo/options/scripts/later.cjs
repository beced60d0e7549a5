const { setTimeout } = require('node:timers/promises');

module.exports = async (metrics) => {
  await setTimeout(1);
  return { pass: metrics.a === 0, score: 0.25, reason: 'later' };
};
