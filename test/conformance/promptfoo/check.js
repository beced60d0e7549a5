const judge = (output, context) => output.length > 3 && context.vars.name === 'Ann';
judge.isShort = (output) => output.length < 4;

module.exports = judge;
