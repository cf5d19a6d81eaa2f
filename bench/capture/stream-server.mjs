// A provider on loopback, in a process of its own: chat streams of the size asked for, as fast as they are read, or paced.
import { createServer } from 'node:http'

const event = (delta, finish_reason = null) =>
  `data: ${JSON.stringify({ id: 'chatcmpl-bench', object: 'chat.completion.chunk', created: 1780000000, model: 'gpt-4o-2024-08-06', system_fingerprint: 'fp_bench', choices: [{ index: 0, delta, logprobs: null, finish_reason }] })}\n\n`

const server = createServer((request, response) => {
  const bytes = Number(request.headers['x-bytes'] ?? 100_000)
  request.resume()
  request.on('end', () => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'x-request-id': 'req_bench' })
    const piece = event({ content: ' flight' })
    const count = Math.floor(bytes / piece.length)
    // As providers do: several events in a packet.
    for (let sent = 0; sent < count; sent += 16)
      response.write(piece.repeat(Math.min(16, count - sent)))
    response.end(`${event({}, 'stop')}data: [DONE]\n\n`)
  })
})
server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`))
process.on('disconnect', () => process.exit(0))
process.stdin.on('end', () => process.exit(0)).resume()
