exports.func = (metrics) => ({ pass: metrics.a === 1, score: 0.75, reason: 'usual' });
