// An agent for tests: says its name, and is ready once a file says so.
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';

const [name, folder] = process.argv.slice(2);
console.log(`${name} begins`);
if (existsSync(`${folder}/${name}.broken`)) process.exit(3);
createServer(async (request, response) => {
  if (request.url === '/health') {
    response.statusCode = existsSync(`${folder}/${name}.ready`) ? 200 : 503;
    return response.end();
  }
  if (request.url === '/environment') return response.end(JSON.stringify(process.env));
  if (request.url === '/exit') process.exit(3);
  response.write(name);
  while (request.url?.endsWith('/hold') && existsSync(`${folder}/hold`))
    await new Promise((resolve) => setTimeout(resolve, 20));
  response.end();
}).listen(Number(process.env.PORT), '127.0.0.1');
