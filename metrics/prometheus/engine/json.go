package main

import (
	"fmt"
	"unsafe"

	jsoniter "github.com/json-iterator/go"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/util/jsonutil"
)

// With the settings of upstream's API, and labels as objects in the order of their names.
var json = jsoniter.ConfigCompatibleWithStandardLibrary

func init() {
	jsoniter.RegisterTypeEncoderFunc("labels.Labels",
		func(at unsafe.Pointer, out *jsoniter.Stream) { writeLabels(out, *(*labels.Labels)(at)) },
		func(at unsafe.Pointer) bool { return (*labels.Labels)(at).IsEmpty() })
}

func toJSON(value any) []byte {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return text
}

// An answer larger than this would take several times as much on its way out, and soon be no JavaScript string any more.
const maxAnswerBytes = 64 << 20

var errAnswerTooLarge = fmt.Errorf("the answer would be larger than %d MiB", maxAnswerBytes>>20)

// The `data` of an answer to a query.
func queryJSON(value parser.Value) ([]byte, error) {
	out := jsoniter.NewStream(json, nil, 512)
	out.WriteRaw(`{"resultType":"` + string(value.Type()) + `","result":`)
	switch result := value.(type) {
	case promql.Vector:
		writeArray(out, result, writeSample)
	case promql.Matrix:
		writeArray(out, result, writeSeries)
	default:
		// Scalars and strings know their form.
		out.WriteRaw(string(toJSON(value)))
	}
	out.WriteObjectEnd()
	return out.Buffer(), out.Error
}

func writeSample(out *jsoniter.Stream, sample promql.Sample) {
	out.WriteRaw(`{"metric":`)
	writeLabels(out, sample.Metric)
	out.WriteRaw(`,"value":`)
	writePoint(out, promql.FPoint{T: sample.T, F: sample.F})
	out.WriteObjectEnd()
}

func writeSeries(out *jsoniter.Stream, series promql.Series) {
	out.WriteRaw(`{"metric":`)
	writeLabels(out, series.Metric)
	out.WriteRaw(`,"values":`)
	writeArray(out, series.Floats, writePoint)
	out.WriteObjectEnd()
}

func writePoint(out *jsoniter.Stream, at promql.FPoint) {
	out.WriteArrayStart()
	jsonutil.MarshalTimestamp(at.T, out)
	out.WriteMore()
	jsonutil.MarshalFloat(at.F, out)
	out.WriteArrayEnd()
}

func writeLabels(out *jsoniter.Stream, lset labels.Labels) {
	out.WriteObjectStart()
	first := true
	lset.Range(func(label labels.Label) {
		if !first {
			out.WriteMore()
		}
		first = false
		out.WriteString(label.Name)
		out.WriteRaw(":")
		out.WriteString(label.Value)
	})
	out.WriteObjectEnd()
}

func writeArray[T any](out *jsoniter.Stream, list []T, write func(*jsoniter.Stream, T)) {
	out.WriteArrayStart()
	for i, one := range list {
		if i > 0 {
			out.WriteMore()
		}
		write(out, one)
		if out.Error == nil && out.Buffered() > maxAnswerBytes {
			out.Error = errAnswerTooLarge
		}
		if out.Error != nil {
			return
		}
	}
	out.WriteArrayEnd()
}

func truncate(value parser.Value, limit int) (parser.Value, bool) {
	switch result := value.(type) {
	case promql.Vector:
		if limit > 0 && len(result) > limit {
			return result[:limit], true
		}
	case promql.Matrix:
		if limit > 0 && len(result) > limit {
			return result[:limit], true
		}
	}
	return value, false
}
