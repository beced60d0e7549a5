/**
 * Source of the Python process that runs scripts, the counterpart of nodeChild.ts: it reads one call a line from
 * descriptor 4 and answers on descriptor 3.
 */
export const PYTHON_CHILD = `
import asyncio, dataclasses, importlib.util, inspect, json, os, sys, traceback

replies = os.fdopen(3, 'w', encoding='utf-8')
calls = os.fdopen(4, 'r', encoding='utf-8')
os.set_inheritable(3, False)
os.set_inheritable(4, False)

def say(message):
    replies.write(json.dumps(message, allow_nan=False, default=plain) + '\\n')
    replies.flush()

def plain(value):
    if dataclasses.is_dataclass(value):
        return dataclasses.asdict(value)
    if hasattr(value, 'item'):
        return value.item()
    raise TypeError('it contains a ' + type(value).__name__)

names = {}

def script(code, folder='.', **_):
    folder = os.path.join(os.getcwd(), folder)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    names.clear()
    names['__name__'] = 'assertion'
    exec(compile(code, 'assertion', 'exec', dont_inherit=True), names)
    return names['__assertion__']

def module(file, name, **_):
    sys.path.insert(0, os.path.dirname(file))
    spec = importlib.util.spec_from_file_location(file[:-3], file)
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return getattr(found, name)

def run(kind, args, **call):
    try:
        result = {'script': script, 'module': module}[kind](**call)(*args)
        return asyncio.run(result) if inspect.isawaitable(result) else result
    except BaseException:
        if kind == 'module':
            traceback.print_exc()
        raise

def explain(error):
    before = names.get('__lines_before__', 0)
    lines = [frame.lineno - before for frame in traceback.extract_tb(error.__traceback__) if frame.filename == 'assertion']
    place = ' (line %d)' % lines[-1] if lines else ''
    return type(error).__name__ + ': ' + str(error) + place

say({'ready': True})
for line in calls:
    try:
        answer = {'value': run(**json.loads(line))}
        if answer['value'] is None:
            answer = {'error': 'the script returned None'}
    except BaseException as error:
        answer = {'error': explain(error)}
    try:
        say(answer)
    except Exception as error:
        say({'error': 'the result cannot be written as JSON: ' + str(error)})
    say({'ready': True})
`;
