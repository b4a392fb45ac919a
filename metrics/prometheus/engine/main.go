// Prometheus's parser of expositions, PromQL engine and rules over a store in memory, as one WebAssembly module.
//
// The host writes a request into a buffer (JSON, then bytes that belong to it) and calls; the answer is JSON and bytes that belong
// to it. Calls never overlap.
package main

import (
	"fmt"
	"unsafe"
)

// Buffers that grew beyond this are not kept.
const keptBytes = 1 << 20

// Held here, so that the host's addresses stay good until the next call.
var (
	requestBuffer []byte
	last          answer
	lastHead      []byte
	lastPlaces    [4]uint32
)

//go:wasmexport buffer
func buffer(length int32) unsafe.Pointer {
	if cap(requestBuffer) < int(length) {
		requestBuffer = make([]byte, length)
	}
	requestBuffer = requestBuffer[:max(length, 1)]
	return unsafe.Pointer(&requestBuffer[0])
}

// Returns the address of four numbers of 32 bits: address and length of the answer's head (JSON), then of the bytes that belong to it.
//
//go:wasmexport call
func call(head, length int32) unsafe.Pointer {
	last = handle(requestBuffer[:head], requestBuffer[head:length])
	if len(last.data) > maxAnswerBytes {
		last = failure(errAnswerTooLarge)
	}
	if cap(requestBuffer) > keptBytes {
		requestBuffer = nil
	}
	lastHead = toJSON(last.head)
	lastPlaces = [4]uint32{addressOf(lastHead), uint32(len(lastHead)), addressOf(last.data), uint32(len(last.data))}
	return unsafe.Pointer(&lastPlaces)
}

func addressOf(bytes []byte) uint32 { return uint32(uintptr(unsafe.Pointer(unsafe.SliceData(bytes)))) }

type answer struct {
	head answerHead
	data []byte
}

type answerHead struct {
	OK        bool     `json:"ok"`
	ErrorType string   `json:"errorType,omitempty"`
	Error     string   `json:"error,omitempty"`
	Warnings  []string `json:"warnings,omitempty"`
	Infos     []string `json:"infos,omitempty"`
	// Why there is no answer at all.
	Failure string `json:"failure,omitempty"`
}

var running *engine

func handle(head, body []byte) (result answer) {
	defer func() {
		if reason := recover(); reason != nil {
			result = answer{head: answerHead{Failure: fmt.Sprint("panic: ", reason)}}
		}
	}()
	var operation struct{ Operation string }
	if err := json.Unmarshal(head, &operation); err != nil {
		return failure(err)
	}
	if running == nil && operation.Operation != "start" {
		return failure(fmt.Errorf("%s before start", operation.Operation))
	}
	switch operation.Operation {
	case "start":
		running = newEngine(decode[limits](head))
		return done(map[string]string{"version": release()})
	case "ingest":
		return done(running.ingest(decode[scrapeRequest](head), body))
	case "endTarget":
		request := decode[scrapeRequest](head)
		running.endTarget(request.Target, request.TimeMs)
		return done(nil)
	case "query":
		return running.query(decode[queryRequest](head))
	case "queryRange":
		return running.queryRange(decode[queryRequest](head))
	case "series":
		return running.series(decode[selectionRequest](head))
	case "labelNames":
		return running.labelNames(decode[selectionRequest](head))
	case "labelValues":
		return running.labelValues(decode[selectionRequest](head))
	case "loadRules":
		groups, err := running.loadRules(decode[rulesRequest](head))
		if err != nil {
			return failure(err)
		}
		return done(groups)
	case "evaluate":
		if err := running.evaluate(decode[evaluateRequest](head)); err != nil {
			return failure(err)
		}
		return done(nil)
	case "rules":
		return answer{answerHead{OK: true}, running.rulesJSON()}
	case "alerts":
		return answer{answerHead{OK: true}, running.alertsJSON()}
	case "forgetBefore":
		running.store.forgetBefore(decode[scrapeRequest](head).TimeMs)
		return done(nil)
	case "size":
		return done(map[string]int{"series": len(running.store.all), "samples": running.store.samples})
	}
	return failure(fmt.Errorf("no operation %q", operation.Operation))
}

func decode[T any](head []byte) *T {
	request := new(T)
	if err := json.Unmarshal(head, request); err != nil {
		panic(err)
	}
	return request
}

func done(value any) answer { return answer{answerHead{OK: true}, toJSON(value)} }

func failure(err error) answer { return answer{head: answerHead{Failure: err.Error()}} }

func main() {}
