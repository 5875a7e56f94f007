package config

import (
	"fmt"
	"strings"
)

// ObjectStore is where whole recordings go, when it is not into files of the data directory. Commands beside the server need it too.
type ObjectStore struct {
	S3URL       string `name:"s3-url" help:"URL of an S3-compatible object store, such as https://s3.eu-central-1.amazonaws.com, for whole recordings. Empty: they are files in the data directory."`
	S3Bucket    string `name:"s3-bucket" help:"Its bucket. One that keeps versions needs a rule that deletes them."`
	S3Prefix    string `name:"s3-prefix" help:"What every name in the bucket begins with, such as ridealong/."`
	S3Region    string `name:"s3-region" help:"Region of the bucket. Empty: asked for."`
	S3Key       string `name:"s3-key" help:"Id of the access key."`
	S3Secret    string `name:"s3-secret" help:"The access key's secret. Better in the environment than on the command line."`
	S3Versioned bool   `name:"s3-versioned" help:"Takes a bucket that keeps versions and has no rule that deletes them. Erasing a recording deletes the versions that it finds; without their key they cannot be read."`
}

// Check finds the first value that cannot be used.
func (o *ObjectStore) Check() error {
	for _, needed := range []struct{ key, value string }{{"s3-bucket", o.S3Bucket}, {"s3-key", o.S3Key}, {"s3-secret", o.S3Secret}} {
		if o.S3URL == "" && needed.value != "" {
			return &KeyError{"s3-url", "is empty, and there is a value for " + needed.key}
		}
		if o.S3URL != "" && needed.value == "" {
			return &KeyError{needed.key, "an object store needs one"}
		}
	}
	if o.S3URL == "" {
		return nil
	}
	origin, err := parseOrigin(o.S3URL)
	if err != nil {
		return &KeyError{"s3-url", fmt.Sprintf("%q is not the URL of an object store, like https://s3.example", o.S3URL)}
	}
	o.S3URL = origin
	if o.S3Prefix != "" && !strings.HasSuffix(o.S3Prefix, "/") {
		return &KeyError{"s3-prefix", fmt.Sprintf("%q has no slash at its end", o.S3Prefix)}
	}
	return nil
}
