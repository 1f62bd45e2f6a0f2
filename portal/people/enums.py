"""Choices that describe a person."""

from django.db import models

from portal.importing import identities


class Sex(models.TextChoices):
    MALE = "male", "男"
    FEMALE = "female", "女"


class IdType(models.TextChoices):
    """Kinds of identity documents (R-003, R-004); the first three carry the same check character."""

    RESIDENT = identities.RESIDENT, "居民身份证"
    HMT_RESIDENT = identities.COMPATRIOT, "港澳台居民居住证"
    FOREIGN_RESIDENT = identities.FOREIGN, "外国人永久居留身份证"
    HMT_PERMIT = "hmt_permit", "港澳居民来往内地通行证"
    TAIWAN_PERMIT = "taiwan_permit", "台湾居民来往大陆通行证"
    PASSPORT = "passport", "护照"
    MILITARY = "military", "军官证"
    OTHER = identities.OTHER, "其他证件"


class PoliticalStatus(models.TextChoices):
    """政治面貌 (GB/T 4762)."""

    PARTY_MEMBER = "party_member", "中共党员"
    PROBATIONARY = "probationary", "中共预备党员"
    YOUTH_LEAGUE = "youth_league", "共青团员"
    RCCK = "rcck", "民革党员"
    CDL = "cdl", "民盟盟员"
    CNDCA = "cndca", "民建会员"
    CAPD = "capd", "民进会员"
    CPWDP = "cpwdp", "农工党党员"
    ZGP = "zgp", "致公党党员"
    JIUSAN = "jiusan", "九三学社社员"
    TSL = "tsl", "台盟盟员"
    DEMOCRATIC = "democratic", "民主党派成员"
    INDEPENDENT = "independent", "无党派人士"
    MASSES = "masses", "群众"
