/**
 * Source of the Python process that runs assertions, the counterpart of scriptChild.ts: it reads one request a line
 * from standard input and answers on descriptor 3, so that whatever an assertion prints disturbs nothing.
 */
export const PYTHON_CHILD = `
import asyncio, dataclasses, inspect, json, os, sys, traceback

replies = os.fdopen(3, 'w', encoding='utf-8')
requests = os.fdopen(os.dup(0), 'r', encoding='utf-8')
sys.stdin = open(os.devnull)

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

def run(request):
    folder = os.path.join(os.getcwd(), request.get('folder') or '.')
    if folder not in sys.path:
        sys.path.insert(0, folder)
    names.clear()
    names['__name__'] = 'assertion'
    exec(compile(request['code'], 'assertion', 'exec', dont_inherit=True), names)
    scope = json.loads(request['scope'])
    result = names['__assertion__'](scope['output'], scope['context'])
    return asyncio.run(result) if inspect.isawaitable(result) else result

def explain(error):
    before = names.get('__lines_before__', 0)
    lines = [frame.lineno - before for frame in traceback.extract_tb(error.__traceback__) if frame.filename == 'assertion']
    place = ' (line %d)' % lines[-1] if lines else ''
    return type(error).__name__ + ': ' + str(error) + place

say({'ready': True})
for line in requests:
    try:
        answer = {'value': run(json.loads(line))}
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
