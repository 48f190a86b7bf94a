"""A local certification authority and, under another root, a time-stamp authority; made once, whole or not at all."""

from __future__ import annotations

import os
import secrets
import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from certificates.signers import DOCUMENT_SIGNING, TOKEN_SIGNING, KeyRefused, read_private

_YEAR = timedelta(days=365)
_Key = ec.EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True)
class _Party:
    """A key with the certificate that speaks for it; `lists_at` is where its list of revoked certificates appears."""

    key: _Key
    certificate: x509.Certificate
    lists_at: str = ""


def make_authority(keys: Path, *, organisation: str, at: datetime, lists_at: str = "") -> None:
    """Make all keys and certificates under `keys`, unless they are there.

    `lists_at` is the address below which the lists of revoked certificates are published; certificates name it.

    Two roots: one for certificates (root, issuing authority, signer), one for time (root, time-stamp authority); the
    log has a key of its own. Key files have mode 0600, the folder 0700; `trust/` inside holds what may be published.
    The folder appears by one rename, so a crash leaves nothing half made. `at` is the first day of validity, less
    one.
    """
    if keys.exists():
        return
    keys.parent.mkdir(parents=True, exist_ok=True)
    draft = keys.with_name(f".{keys.name}.{secrets.token_hex(8)}")
    (draft / "trust").mkdir(parents=True, mode=0o700)
    try:
        _write_all(draft, organisation, at, lists_at)
        os.chmod(draft, 0o700)
        os.rename(draft, keys)
    except OSError:
        shutil.rmtree(draft, ignore_errors=True)
        if not keys.exists():
            raise
    _flush_folder(keys.parent)


def add_key(keys: Path, name: str) -> None:
    """Make a P-256 key `name` with its public half under `trust/`, unless it is there.

    The private half appears last, so a crash leaves nothing that would be taken for whole.
    """
    if (keys / f"{name}.key").exists():
        return
    key = ec.generate_private_key(ec.SECP256R1())
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for place, content in ((keys / "trust" / f"{name}.pem", public), (keys / f"{name}.key", private)):
        _put(place, content)


def add_credential_key(keys: Path, *, organisation: str, at: datetime, lists_at: str = "") -> None:
    """Make `credential.key` with its certificate under the issuing authority, unless it is there.

    KeyRefused when the issuing authority's key, which must sign that certificate once, was taken away.
    """
    if (keys / "credential.key").exists():
        return
    if not (keys / "issuing.key").exists():
        raise KeyRefused(f"{keys}: issuing.key is needed once for credential.key; or set CREDENTIAL_BACKEND=off")
    issuing = _Party(
        open_authority_key(keys, "issuing"), authority_certificate(keys, "issuing"), _address(lists_at, "issuing")
    )
    start = at - timedelta(days=1)
    leaf = _leaf(issuing, f"{organisation} 电子凭证", organisation, start, years=10, purpose=TOKEN_SIGNING)
    private = leaf.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for name, content in (("credential.chain.pem", _pem(leaf, issuing)), ("credential.key", private)):
        _put(keys / name, content)


@dataclass(frozen=True, slots=True)
class Leaf:
    """A certificate under a local authority that is made anew in time: file name, that of its parent, who it is."""

    name: str
    parent: str
    common: str
    purpose: x509.ObjectIdentifier
    years: int
    anew: timedelta


RESPONDER = Leaf("ocsp", "issuing", "证书状态应答", ExtendedKeyUsageOID.OCSP_SIGNING, 5, _YEAR)
TIME_STAMPER = Leaf("tsa", "tsa-root", "时间戳服务", ExtendedKeyUsageOID.TIME_STAMPING, 15, 2 * _YEAR)


def keep_leaf(keys: Path, leaf: Leaf, *, at: datetime, lists_at: str = "") -> tuple[Path, Path] | None:
    """Key and chain file of the newest such certificate, made anew when it ends within `leaf.anew` of the instant.

    None where there is none and the parent's key is not here either. Each one has files of its own, `tsa-2.key` after
    `tsa.key`; the key appears last, so a crash leaves nothing that would be taken for whole.
    """
    newest = _newest(keys, leaf.name)
    parent = keys / f"{leaf.parent}.key"
    if newest and (not parent.exists() or _ends(newest[1]) > at + leaf.anew):
        return newest
    if not parent.exists():
        return None
    issuer = authority_certificate(keys, leaf.parent)
    (organisation,) = issuer.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    party = _Party(open_authority_key(keys, leaf.parent), issuer, _address(lists_at, leaf.parent))
    text, start = str(organisation.value), at - timedelta(hours=1)
    made = _leaf(party, f"{text} {leaf.common}", text, start, years=leaf.years, purpose=leaf.purpose)
    key, chain = _files(keys, leaf.name, 1 + _count(keys, leaf.name))
    _put(chain, _pem(made))
    _put(key, made.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return key, chain


def authority_certificate(keys: Path, name: str) -> x509.Certificate:
    """The certificate of a local authority: `root`, `issuing` or `tsa-root`."""
    if name == "issuing":
        return x509.load_pem_x509_certificates((keys / "signer.chain.pem").read_bytes())[1]
    return x509.load_pem_x509_certificate((keys / "trust" / f"{name}.pem").read_bytes())


def open_authority_key(keys: Path, name: str) -> _Key:
    """The key of a local authority; KeyRefused when it is not here or is open to others."""
    key = load_pem_private_key(read_private(keys / f"{name}.key"), None)
    if not isinstance(key, _Key):
        raise KeyRefused(f"{name}.key: not an elliptic-curve key")
    return key


def _files(keys: Path, name: str, number: int) -> tuple[Path, Path]:
    stem = name if number == 1 else f"{name}-{number}"
    return keys / f"{stem}.key", keys / f"{stem}.chain.pem"


def _count(keys: Path, name: str) -> int:
    """How many certificates of this name were made so far."""
    return next(number for number in count() if not _files(keys, name, number + 1)[0].exists())


def _newest(keys: Path, name: str) -> tuple[Path, Path] | None:
    made = _count(keys, name)
    return _files(keys, name, made) if made else None


def _ends(chain: Path) -> datetime:
    return x509.load_pem_x509_certificates(chain.read_bytes())[0].not_valid_after_utc


def publish_trust(keys: Path, trust: Path) -> None:
    """Copy what verifiers need (roots, signers, the log's public key) to the folder that the web process may read."""
    trust.mkdir(parents=True, exist_ok=True)
    for source in sorted((keys / "trust").iterdir()):
        draft = trust / f".{source.name}.{secrets.token_hex(4)}"
        draft.write_bytes(source.read_bytes())
        os.replace(draft, trust / source.name)


def _write_all(folder: Path, organisation: str, at: datetime, lists_at: str) -> None:
    start = at - timedelta(days=1)
    root = _root(f"{organisation} 证书根", organisation, start, _address(lists_at, "root"))
    issuing = _issuing(root, organisation, start, _address(lists_at, "issuing"))
    signer = _leaf(issuing, f"{organisation} 电子印章", organisation, start, years=10, purpose=DOCUMENT_SIGNING)
    clock = _root(f"{organisation} 时间戳根", organisation, start, _address(lists_at, "tsa-root"))
    stamping = ExtendedKeyUsageOID.TIME_STAMPING
    stamp = _leaf(clock, f"{organisation} 时间戳服务", organisation, start, years=15, purpose=stamping)
    log = ec.generate_private_key(ec.SECP256R1())
    parties = {"root": root, "issuing": issuing, "signer": signer, "tsa-root": clock, "tsa": stamp}
    for name, key in {**{name: party.key for name, party in parties.items()}, "log": log}.items():
        _write_private(folder / f"{name}.key", key)
    _write(folder / "signer.chain.pem", _pem(signer, issuing))
    _write(folder / "tsa.chain.pem", _pem(stamp))
    _write(folder / "trust" / "root.pem", _pem(root))
    _write(folder / "trust" / "signers.pem", _pem(signer))
    _write(folder / "trust" / "tsa-root.pem", _pem(clock))
    _write(folder / "trust" / "log.pem", log.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))


def _address(lists_at: str, name: str) -> str:
    return f"{lists_at}/{name}.crl" if lists_at else ""


def _pem(*parties: _Party) -> bytes:
    return b"".join(party.certificate.public_bytes(Encoding.PEM) for party in parties)


def _name(common: str, organisation: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _builder(name: x509.Name, key: _Key, start: datetime, *, years: int) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + years * _YEAR)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _root(common: str, organisation: str, start: datetime, lists_at: str) -> _Party:
    key, name = ec.generate_private_key(ec.SECP384R1()), _name(common, organisation)
    draft = _builder(name, key, start, years=30).issuer_name(name)
    draft = draft.add_extension(x509.BasicConstraints(ca=True, path_length=1), critical=True)
    draft = draft.add_extension(_usage(signs_certificates=True), critical=True)
    return _Party(key, draft.sign(key, hashes.SHA384()), lists_at)


def _issuing(root: _Party, organisation: str, start: datetime, lists_at: str) -> _Party:
    key = ec.generate_private_key(ec.SECP384R1())
    draft = _under(root, _builder(_name(f"{organisation} 证书签发", organisation), key, start, years=20))
    draft = draft.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    draft = draft.add_extension(_usage(signs_certificates=True), critical=True)
    return _Party(key, draft.sign(root.key, hashes.SHA384()), lists_at)


def _leaf(
    parent: _Party, common: str, organisation: str, start: datetime, *, years: int, purpose: x509.ObjectIdentifier
) -> _Party:
    key = ec.generate_private_key(ec.SECP256R1())
    draft = _under(parent, _builder(_name(common, organisation), key, start, years=years))
    draft = draft.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    draft = draft.add_extension(_usage(signs_certificates=False), critical=True)
    draft = draft.add_extension(x509.ExtendedKeyUsage([purpose]), critical=True)
    if purpose == ExtendedKeyUsageOID.OCSP_SIGNING:
        draft = draft.add_extension(x509.OCSPNoCheck(), critical=False)
    return _Party(key, draft.sign(parent.key, hashes.SHA384()))


def _under(parent: _Party, draft: x509.CertificateBuilder) -> x509.CertificateBuilder:
    public = parent.key.public_key()
    if parent.lists_at:
        draft = draft.add_extension(_distribution(parent.lists_at), critical=False)
    return draft.issuer_name(parent.certificate.subject).add_extension(
        x509.AuthorityKeyIdentifier.from_issuer_public_key(public), critical=False
    )


def _distribution(address: str) -> x509.CRLDistributionPoints:
    place = x509.UniformResourceIdentifier(address)
    return x509.CRLDistributionPoints(
        [x509.DistributionPoint(full_name=[place], relative_name=None, reasons=None, crl_issuer=None)]
    )


def _write_private(path: Path, key: _Key) -> None:
    content = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    _write(path, content)


def _put(place: Path, content: bytes) -> None:
    """A file that appears whole."""
    draft = place.with_name(f".{place.name}.{secrets.token_hex(8)}")
    _write(draft, content)
    os.replace(draft, place)
    _flush_folder(place.parent)


def _write(path: Path, content: bytes) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
