exports.default = (_vars, context) => ({ id: context.uuid });
