const path = require('node:path');

exports.base = (vars) => ({ base: path.basename(vars.file) });
