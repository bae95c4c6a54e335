package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

const lifetime = 30 * 24 * time.Hour

// writeCertificates fills a directory with what a control plane on the loopback needs: an authority, the API server's
// own certificate, the two it shows to others, and the key that signs service accounts' tokens.
func writeCertificates(arguments []string) int {
	if len(arguments) != 1 {
		fmt.Fprintln(os.Stderr, "usage: kube certificates DIRECTORY")
		return 2
	}
	if err := certificates(arguments[0]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func certificates(dir string) error {
	authority := template(pkix.Name{CommonName: "orrery-test"})
	authority.IsCA, authority.BasicConstraintsValid = true, true
	authority.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature
	authorityKey, err := sign(dir, "ca", authority, authority, nil)
	if err != nil {
		return err
	}
	server := template(pkix.Name{CommonName: "kube-apiserver"})
	server.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1), net.IPv4(10, 96, 0, 1)}
	server.DNSNames = []string{"localhost", "kubernetes.default.svc"}
	server.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	clients := map[string]pkix.Name{
		"kubelet-client": {Organization: []string{"system:masters"}, CommonName: "apiserver-kubelet-client"},
		"front-proxy":    {CommonName: "front-proxy-client"},
	}
	if _, err := sign(dir, "server", server, authority, authorityKey); err != nil {
		return err
	}
	for file, name := range clients {
		client := template(name)
		client.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
		if _, err := sign(dir, file, client, authority, authorityKey); err != nil {
			return err
		}
	}
	return serviceAccountKey(dir)
}

func template(name pkix.Name) *x509.Certificate {
	serial, _ := rand.Int(rand.Reader, big.NewInt(1<<62))
	now := time.Now()
	return &x509.Certificate{Subject: name, SerialNumber: serial, NotBefore: now.Add(-time.Minute), NotAfter: now.Add(lifetime)}
}

// sign writes FILE.key and FILE.crt. Without a parent's key, the certificate signs itself.
func sign(dir, file string, it, parent *x509.Certificate, parentKey crypto.Signer) (crypto.Signer, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	if parentKey == nil {
		parentKey = key
	}
	certificate, err := x509.CreateCertificate(rand.Reader, it, parent, key.Public(), parentKey)
	if err != nil {
		return nil, err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	if err := write(dir, file+".crt", "CERTIFICATE", certificate, 0o644); err != nil {
		return nil, err
	}
	return key, write(dir, file+".key", "PRIVATE KEY", private, 0o600)
}

func serviceAccountKey(dir string) error {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return err
	}
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return err
	}
	if err := write(dir, "sa.pub", "PUBLIC KEY", public, 0o644); err != nil {
		return err
	}
	return write(dir, "sa.key", "RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key), 0o600)
}

func write(dir, name, kind string, bytes []byte, mode os.FileMode) error {
	return os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: bytes}), mode)
}
