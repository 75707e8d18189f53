// The edge's own answers: OpenAI-shaped errors, and metrics for Prometheus.

import admission from './admission.js';

// status -> [type, code, message]; types and codes are the ones OpenAI clients know.
const ERRORS = {
    400: ['invalid_request_error', 'bad_request', 'The request could not be read.'],
    401: ['authentication_error', 'invalid_api_key', 'A valid API key is needed: Authorization: Bearer <key>.'],
    403: ['permission_error', 'forbidden', 'This is not allowed.'],
    404: ['invalid_request_error', 'not_found', 'There is nothing at this path.'],
    405: ['invalid_request_error', 'method_not_allowed', 'This method is not allowed here.'],
    408: ['invalid_request_error', 'request_timeout', 'The request did not arrive in time.'],
    411: ['invalid_request_error', 'length_required', 'The request needs a Content-Length.'],
    413: ['invalid_request_error', 'request_too_large', 'The request body is too large.'],
    414: ['invalid_request_error', 'uri_too_long', 'The request line is too long.'],
    429: ['rate_limit_error', 'too_many_requests', 'As many requests are open as may be. Try again later.'],
    431: ['invalid_request_error', 'headers_too_large', 'The request headers are too large.'],
    500: ['server_error', 'internal_error', 'The edge failed.'],
    502: ['server_error', 'bad_gateway', 'The replica closed the connection before it answered.'],
    503: ['server_error', 'no_replica', 'No replica is ready. Try again later.'],
    504: ['server_error', 'timeout', 'The replica did not answer in time.'],
};

const HTTPS = ['invalid_request_error', 'https_needed', 'This endpoint speaks HTTPS: write https:// instead of http://.'];
const RATE = ['rate_limit_error', 'rate_limit_exceeded', 'This key has used up its requests per minute.'];

// Seconds a client should wait before it tries again while no replica is ready.
const UNTIL_READY = 5;

function answer(r, status, special) {
    const early = status === 429 && r.variables.limit_req_status === 'REJECTED';
    const known = special || (early ? RATE : ERRORS[status] || ERRORS[500]);
    const wait = early ? r.variables.rate_period : {429: admission.retryAfter(), 503: UNTIL_READY}[status];
    admission.turnedAway();
    if (wait) {
        r.headersOut['Retry-After'] = String(wait);
    }
    r.headersOut['Content-Type'] = 'application/json';
    r.headersOut['X-Request-Id'] = r.variables.request_id;
    r.return(status, JSON.stringify({
        error: {message: known[2], type: known[0], param: null, code: known[1], request_id: r.variables.request_id},
    }) + '\n');
}

function error(r) {
    answer(r, Number(r.variables.status));
}

function headersTooLarge(r) {
    answer(r, 431);
}

function httpsNeeded(r) {
    answer(r, 400, HTTPS);
}

// What happened to the last replica that was tried, where one was connected to (only then there is a connect time).
// Else 503: none was live, or took a connection. Or 429: none was tried although some are well, so those are full.
function replicaError(r) {
    const last = (name) => (r.variables[name] || '').split(', ').pop();
    if (/\d/.test(last('upstream_connect_time'))) {
        answer(r, Number(last('upstream_status')));
    } else {
        answer(r, !last('upstream_addr').includes(':') && someAreWell(r) ? 429 : 503);
    }
}

// By what js/routing/health.js found out, where it asks: a bit for each replica that is down.
function someAreWell(r) {
    const fleet = ngx.shared && ngx.shared.fleet;
    if (!fleet) {
        return false;
    }
    const count = r.variables.replica_addresses.split(' ').length;
    return (fleet.get('down') || 0) !== (1 << count) - 1;
}

// Names are those of the NGINX project's own exporter, so that its dashboards work.
async function metrics(r) {
    const status = await r.subrequest('/stub_status');
    const found = status.responseText.match(/\d+/g).map(Number);
    const values = [
        ['nginx_connections_active', 'gauge', found[0]],
        ['nginx_connections_accepted', 'counter', found[1]],
        ['nginx_connections_handled', 'counter', found[2]],
        ['nginx_http_requests_total', 'counter', found[3]],
        ['nginx_connections_reading', 'gauge', found[4]],
        ['nginx_connections_writing', 'gauge', found[5]],
        ['nginx_connections_waiting', 'gauge', found[6]],
    ];
    r.headersOut['Content-Type'] = 'text/plain; version=0.0.4';
    r.return(200, values.map((v) => `# TYPE ${v[0]} ${v[1]}\n${v[0]} ${v[2]}\n`).join(''));
}

export default {error, headersTooLarge, httpsNeeded, replicaError, metrics};
