-- MySQL dump 10.13
/*!40101 SET NAMES utf8mb4 */;
DROP TABLE IF EXISTS `bins`;
/*!50503 SET character_set_client = utf8mb4 */;
CREATE TABLE `bins` (
  `id` bigint(20) unsigned NOT NULL AUTO_INCREMENT COMMENT 'painted; on the bin',
  `Aisle_id` int(11) NOT NULL,
  `state` enum('free','taken') DEFAULT 'free',
  `weight` decimal(10,2) DEFAULT NULL,
  `seen_at` timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  `area` int GENERATED ALWAYS AS (`Aisle_id` * 2) STORED,
  PRIMARY KEY (`id`),
  UNIQUE KEY `uq_bins` (`aisle_id`,`state`),
  KEY `ix_seen` (`seen_at` DESC),
  KEY `ix_prefix` (`state`(3)),
  CONSTRAINT `fk_aisle` FOREIGN KEY (`aisle_id`) REFERENCES `aisles` (`id`) ON DELETE CASCADE ON UPDATE SET NULL,
  CONSTRAINT `ck_weight` CHECK (`weight` > 0)
) ENGINE=InnoDB AUTO_INCREMENT=5 DEFAULT CHARSET=utf8mb4 COMMENT='Fächer';
LOCK TABLES `bins` WRITE;
/*!40000 ALTER TABLE `bins` DISABLE KEYS */;
INSERT INTO `bins` VALUES (1,2,'free',1.2,'x;y'),(2,3,'it\'s',3,'');
/*!40000 ALTER TABLE `bins` ENABLE KEYS */;
UNLOCK TABLES;
DELIMITER ;;
/*!50003 CREATE*/ /*!50017 DEFINER=`root`@`localhost`*/ /*!50003 TRIGGER `tr` BEFORE INSERT ON `bins` FOR EACH ROW BEGIN SET NEW.weight = 1; END */;;
DELIMITER ;
CREATE TABLE `aisles` (`id` int NOT NULL, `name` varchar(30) CHARACTER SET latin1 NOT NULL) ENGINE=InnoDB;
ALTER TABLE `aisles` ADD PRIMARY KEY (`id`), ADD UNIQUE KEY `uq_name` (`name`), MODIFY `id` int(11) NOT NULL AUTO_INCREMENT;
ALTER TABLE bins ADD COLUMN note text AFTER id, ADD INDEX ix_area (area), DROP INDEX ix_seen, CHANGE weight mass decimal(12,2) NOT NULL;
RENAME TABLE aisles TO lanes;
