-- Prints the exact figures of a run as one line of JSON: wrk's own report rounds them.
function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format(
    '\n{"durationUs":%d,"requests":%d,"bytes":%d,"errors":%d}\n',
    summary.duration, summary.requests, summary.bytes, e.connect + e.read + e.write + e.status + e.timeout
  ))
end
