const verdict = (pass, score) => ({ pass, score, reason: 'a function' });

exports.strict = () => verdict(false, 0.4);
exports.reached = (_metrics, { threshold }) => verdict(threshold === 0.9, 0.5);
exports.components = (_metrics, { componentResults }) => {
  const seen = componentResults.map(({ pass, score, assertion }) => [
    pass,
    score,
    assertion.type,
    assertion.weight,
  ]);
  const expected = [
    [true, 1, 'contains', undefined],
    [false, 0, 'not-contains', 2],
    [true, 0, 'contains', 0],
  ];
  return verdict(JSON.stringify(seen) === JSON.stringify(expected), seen.length / 10);
};
exports.inSet = (metrics, { componentResults }) => {
  const { a, b, set, none } = metrics;
  const isSame = a === 1 && b === 1 / 7 && set === 0.25 && none === 0;
  return verdict(isSame && componentResults.length === 5 && componentResults[1].assertion.metric === 'a', b);
};
exports.half = () => ({ pass: true });
exports.throws = () => {
  throw new Error('no verdict');
};
